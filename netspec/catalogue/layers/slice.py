"""A part of a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Slice(Layer):
    """A part of a dimension, as Python's x[start:stop:step] takes it."""

    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    examples: ClassVar = (
        Example("slice(dim=1, stop=8)", into=(64, 7, 7), out=(8, 7, 7)),
        Example("slice(dim=-1, start=1, step=2)", into=(3, 9), out=(3, 4)),
    )

    dim: Annotated[int, Field(description="the dimension that is cut")]
    start: Annotated[int | None, Field(description="the first place, from 0, or from -1 backwards")] = None
    stop: Annotated[int | None, Field(description="the place before which it ends; none means the end")] = None
    step: Annotated[PositiveInt, Field(description="distance between two places that are taken")] = 1

    def infer(self, x: Shape) -> Shape:
        index = dim_index(self.dim, x)
        length = len(range(*slice(self.start, self.stop, self.step).indices(x.dims[index])))
        if not length:
            raise MisfitError(
                f"nothing of {x.dims[index]} is left from {self.start or 0} to {self.stop}", argument="start"
            )
        return x.with_dims(*x.dims[:index], length, *x.dims[index + 1 :])

    def channels(self, ties: Ties, x: Value) -> Channels:
        at = dim_index(self.dim, x.shape)
        axis = x.axes[at]
        start, stop, _ = slice(self.start, self.stop).indices(len(axis))
        if self.step != 1:
            ties.fix(axis, "{place} takes each at a distance")
        axes = (*x.axes[:at], axis[start : stop : self.step], *x.axes[at + 1 :])
        return Channels((axes,), {}, {"start": Count(axis[:start]), "stop": Count(axis[:stop])})

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.shaping import Slice

        return Slice(self.dim, self.start, self.stop, self.step)
