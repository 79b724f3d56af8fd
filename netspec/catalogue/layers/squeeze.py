"""A dimension of size 1 less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Squeeze(Layer):
    """Take out a dimension of size 1: torch.squeeze. A dimension of another size is a mistake here."""

    positional: ClassVar = ("dim",)
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.squeeze",)
    examples: ClassVar = (Example("squeeze(-1)", into=(64, 1), out=(64,)),)

    dim: Annotated[int, Field(description="the dimension that is taken out")]

    def infer(self, x: Shape) -> Shape:
        index = dim_index(self.dim, x)
        if x.dims[index] != 1:
            raise MisfitError(f"dimension {index + 1} of {x} has {x.dims[index]} places, not 1", argument="dim")
        return x.with_dims(*x.dims[:index], *x.dims[index + 1 :])

    def channels(self, ties: Ties, x: Value) -> Channels:
        index = dim_index(self.dim, x.shape)
        ties.fix(x.axes[index], "{place} takes it out")
        return Channels(((*x.axes[:index], *x.axes[index + 1 :]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import squeeze

        from netspec.modules.shaping import Function

        return Function(squeeze, dim=self.dim)
