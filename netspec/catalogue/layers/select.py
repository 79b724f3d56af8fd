"""One place of a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Select(Layer):
    """What stands at one place of a dimension, which is gone then: torch.select.

    `select(dim=1, index=0)` takes the first token of a sequence, `index=-1` the last.
    """

    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.select",)
    aliases: ClassVar = (
        "index",
        "take",
    )
    examples: ClassVar = (Example("select(dim=1, index=0)", into=(197, 768), out=(768,)),)

    dim: Annotated[int, Field(description="the dimension that is looked at")]
    index: Annotated[int, Field(description="the place in it, from 0, or from -1 backwards")]

    def infer(self, x: Shape) -> Shape:
        at = dim_index(self.dim, x)
        size = x.dims[at]
        if not -size <= self.index < size:
            raise MisfitError(
                f"`index={self.index}` is none of the {size} places of dimension {at + 1}", argument="index"
            )
        return x.with_dims(*x.dims[:at], *x.dims[at + 1 :])

    def channels(self, ties: Ties, x: Value) -> Channels:
        at = dim_index(self.dim, x.shape)
        axis = x.axes[at]
        index = self.index % len(axis)
        ties.fix(axis[index : index + 1], "{place} takes it")
        return Channels(((*x.axes[:at], *x.axes[at + 1 :]),), {}, {"index": Count(axis[:index])})

    def build(self, x: Shape) -> nn.Module:
        from torch import select

        from netspec.modules.shaping import Function

        return Function(select, dim=self.dim, index=self.index)
