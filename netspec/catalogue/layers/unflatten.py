"""A dimension as several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.catalogue.layers._sizes import OpenSizes, solved
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Unflatten(Layer):
    """Make several dimensions of one: torch.nn.Unflatten. One of the sizes may be `_`."""

    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.nn.Unflatten",)
    examples: ClassVar = (Example("unflatten(dim=1, unflattened_size=[16, _])", into=(64, 7), out=(16, 4, 7)),)

    dim: Annotated[int, Field(description="the dimension that is divided")]
    unflattened_size: Annotated[OpenSizes, Field(description="the sizes in its place")]

    def infer(self, x: Shape) -> Shape:
        index = dim_index(self.dim, x)
        return x.with_dims(
            *x.dims[:index], *solved(self.unflattened_size, x.dims[index], "unflattened_size"), *x.dims[index + 1 :]
        )

    def channels(self, ties: Ties, x: Value) -> Channels:
        index = dim_index(self.dim, x.shape)
        sizes = self.infer(x.shape).dims[index : index + len(self.unflattened_size)]
        parts = ties.regrouped(x.axes[index : index + 1], sizes)
        axes = (*x.axes[:index], *parts, *x.axes[index + 1 :])
        return Channels((axes,), {}, {"unflattened_size": tuple(map(Count, parts))})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        index = dim_index(self.dim, x)
        return nn.Unflatten(self.dim, solved(self.unflattened_size, x.dims[index], "unflattened_size"))
