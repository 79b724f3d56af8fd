"""A value in equal parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue._dims import place
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import nn


class Chunk(Layer):
    """Cut a value into equal parts along a dimension: torch.chunk. It gives as many values: `a, b = chunk(2)`."""

    positional: ClassVar = ("chunks",)
    dtypes: ClassVar = ("float32", "int64")
    examples: ClassVar = (Example("chunk(2)", into=(64, 7, 7), out=((32, 7, 7), (32, 7, 7))),)

    chunks: Annotated[PositiveInt, Field(le=64, description="how many parts")]
    dim: Annotated[int, Field(description="the dimension that is cut")] = 1

    def infer(self, x: Shape) -> tuple[Shape, ...]:
        index = place(self.dim, x)
        size = x.dims[index]
        if size % self.chunks:
            # torch would make a smaller last part, or fewer parts
            raise Misfit(f"{size} can't be cut into {self.chunks} equal parts", argument="chunks")
        part = x.with_dims(*x.dims[:index], size // self.chunks, *x.dims[index + 1 :])
        return (part,) * self.chunks

    def build(self, x: Shape) -> nn.Module:
        from torch import chunk

        from netspec.modules.shaping import Function

        return Function(chunk, chunks=self.chunks, dim=self.dim)
