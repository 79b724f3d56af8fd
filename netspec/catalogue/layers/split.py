"""A value in parts of given sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value, cut
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Split(Layer):
    """Cut a value into parts of given sizes along a dimension: torch.split. It gives as many values."""

    positional: ClassVar = ("split_sizes",)
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.split",)
    aliases: ClassVar = ("unbind",)
    examples: ClassVar = (Example("split([16, 48])", into=(64, 7, 7), out=((16, 7, 7), (48, 7, 7))),)

    split_sizes: Annotated[
        tuple[PositiveInt, ...], Field(min_length=1, max_length=64, description="the size of each part")
    ]
    dim: Annotated[int, Field(description="the dimension that is cut")] = 1

    def infer(self, x: Shape) -> tuple[Shape, ...]:
        index = dim_index(self.dim, x)
        if sum(self.split_sizes) != x.dims[index]:
            total = " + ".join(map(str, self.split_sizes))
            raise MisfitError(f"{total} is {sum(self.split_sizes)}, not {x.dims[index]}", argument="split_sizes")
        return tuple(x.with_dims(*x.dims[:index], size, *x.dims[index + 1 :]) for size in self.split_sizes)

    def channels(self, ties: Ties, x: Value) -> Channels:
        index = dim_index(self.dim, x.shape)
        parts = cut(x.axes, index, self.split_sizes)
        return Channels(parts, {}, {"split_sizes": tuple(Count(axes[index]) for axes in parts)})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn, split

        from netspec.modules.shaping import Function

        if len(self.split_sizes) == 1:
            # torch would give a tuple of one
            return nn.Identity()
        return Function(split, split_size_or_sections=list(self.split_sizes), dim=self.dim)
