"""Flatten a value to a vector."""

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


class Flatten(Layer):
    """Lay dimensions of a sample out in one: torch.nn.Flatten; the batch stays.

    Without arguments all of them become a vector; `flatten(start_dim=2)` makes a sequence of an image, with its
    channels kept.
    """

    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.nn.Flatten",)
    examples: ClassVar = (
        Example("flatten", into=(1, 28, 28), out=(784,)),
        Example("flatten(start_dim=2)", into=(768, 14, 14), out=(768, 196)),
    )

    start_dim: Annotated[int, Field(description="the first dimension that is laid out")] = 1
    end_dim: Annotated[int, Field(description="the last dimension that is laid out")] = -1

    def does_nothing(self, x: Shape) -> bool:
        return x.rank == 1

    def infer(self, x: Shape) -> Shape:
        start, end = dim_index(self.start_dim, x, "start_dim"), dim_index(self.end_dim, x, "end_dim")
        if start > end:
            raise MisfitError(
                f"`start_dim={self.start_dim}` comes after `end_dim={self.end_dim}`", argument="start_dim"
            )
        size = Shape(x.dims[start : end + 1]).size
        return x.with_dims(*x.dims[:start], size, *x.dims[end + 1 :])

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((ties.regrouped(x.axes, self.infer(x.shape).dims),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Flatten(self.start_dim, self.end_dim)
