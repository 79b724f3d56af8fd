"""Layers that do the same to every number, or to every value along a dimension, and leave the shape as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._dims import dim_index
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Elementwise(Layer):
    """A layer whose fields are the arguments of the torch module that `module` names."""

    elementwise: ClassVar = True
    module: ClassVar[str]

    def infer(self, x: Shape) -> Shape:
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return getattr(nn, self.module)(**arguments(self))


class Softmaxes(Elementwise):
    """An elementwise layer over what lies along a dimension, which is the classes or channels unless said."""

    unlike_torch: ClassVar = {"dim": "where it isn't said, torch guesses it from the number of dimensions"}

    dim: Annotated[int, Field(description="the dimension along which it sums to 1; 1 is the classes or channels")] = 1

    def infer(self, x: Shape) -> Shape:
        dim_index(self.dim, x)
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[dim_index(self.dim, x.shape)], "{place} makes all of them sum to 1")
        return Channels((x.axes,))


class Pointwise(Layer):
    """A layer whose fields are the arguments of the function of torch that `function` names."""

    function: ClassVar[str]

    def infer(self, x: Shape) -> Shape:
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        import torch

        from netspec.modules.shaping import Function

        return Function(getattr(torch, self.function), **arguments(self))


def arguments(layer: Layer) -> dict[str, Any]:
    """The values of all its fields by their names."""
    return {name: getattr(layer, name) for name in type(layer).model_fields}
