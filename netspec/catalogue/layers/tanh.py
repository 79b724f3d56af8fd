"""Hyperbolic tangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Tanh(Layer):
    """tanh(x) of every number, so that each lies between -1 and 1."""

    examples: ClassVar = (Example("tanh", into=(128,), out=(128,)),)

    def infer(self, x: Shape) -> Shape:
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Tanh()
