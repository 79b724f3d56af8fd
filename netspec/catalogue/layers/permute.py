"""Dimensions in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_indices
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Permute(Layer):
    """Put the dimensions in another order: torch.permute. The batch stays where it is and isn't named.

    `permute([2, 3, 1])` puts the channels of an image last.
    """

    positional: ClassVar = ("dims",)
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.permute",)
    aliases: ClassVar = (
        "movedim",
        "swapaxes",
    )
    examples: ClassVar = (Example("permute([2, 3, 1])", into=(3, 32, 24), out=(32, 24, 3)),)

    dims: Annotated[tuple[int, ...], Field(description="the dimensions in their new order, without the batch")]

    def infer(self, x: Shape) -> Shape:
        order = dim_indices(self.dims, x, "dims")
        if len(order) != x.rank:
            raise MisfitError(f"`dims` names {len(order)} of the {x.rank} dimensions of {x}", argument="dims")
        return x.with_dims(*(x.dims[index] for index in order))

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((tuple(x.axes[index] for index in dim_indices(self.dims, x.shape, "dims")),))

    def build(self, x: Shape) -> nn.Module:
        from torch import permute

        from netspec.modules.shaping import Function

        return Function(permute, dims=(0, *(index + 1 for index in dim_indices(self.dims, x, "dims"))))
