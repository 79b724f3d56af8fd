"""A dimension of size 1 more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Unsqueeze(Layer):
    """Put in a dimension of size 1: torch.unsqueeze."""

    positional: ClassVar = ("dim",)
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.unsqueeze",)
    aliases: ClassVar = ("expand_dims",)
    examples: ClassVar = (Example("unsqueeze(1)", into=(100,), out=(1, 100)),)

    dim: Annotated[int, Field(description="where the new dimension stands")]

    def infer(self, x: Shape) -> Shape:
        index = dim_index(self.dim, x, more=1)
        return x.with_dims(*x.dims[:index], 1, *x.dims[index:])

    def channels(self, ties: Ties, x: Value) -> Channels:
        index = dim_index(self.dim, x.shape, more=1)
        return Channels(((*x.axes[:index], *places(1), *x.axes[index:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import unsqueeze

        from netspec.modules.shaping import Function

        return Function(unsqueeze, dim=self.dim)
