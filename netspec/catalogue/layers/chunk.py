"""A value in parts of one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, cut
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Chunk(Layer):
    """Cut a value into parts of one size along a dimension: torch.chunk. It gives several values: `a, b = chunk(2)`.

    As torch does it, the last part is smaller where the size can't be divided, and there are fewer parts where fewer
    are enough.
    """

    positional: ClassVar = ("chunks",)
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.chunk",)
    examples: ClassVar = (Example("chunk(2)", into=(64, 7, 7), out=((32, 7, 7), (32, 7, 7))),)

    chunks: Annotated[PositiveInt, Field(le=64, description="how many parts, at most")]
    dim: Annotated[int, Field(description="the dimension that is cut")] = 1

    def infer(self, x: Shape) -> tuple[Shape, ...]:
        index = dim_index(self.dim, x)
        size = x.dims[index]
        part = -(-size // self.chunks)
        sizes = [min(part, size - start) for start in range(0, size, part)]
        return tuple(x.with_dims(*x.dims[:index], length, *x.dims[index + 1 :]) for length in sizes)

    def channels(self, ties: Ties, x: Value) -> Channels:
        index, parts = dim_index(self.dim, x.shape), self.infer(x.shape)
        if len({shape.dims for shape in parts}) == 1:
            ties.match(x.axes[index], len(parts))
        else:
            ties.fix(x.axes[index], "{place} cuts it into parts of several sizes")
        return Channels(cut(x.axes, index, [shape.dims[index] for shape in parts]))

    def build(self, x: Shape) -> nn.Module:
        from torch import chunk, nn

        from netspec.modules.shaping import Function

        if len(self.infer(x)) == 1:
            # torch would give a tuple of one
            return nn.Identity()
        return Function(chunk, chunks=self.chunks, dim=self.dim)
