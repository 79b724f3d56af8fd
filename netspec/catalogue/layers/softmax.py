"""Softmax over the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Softmax(Layer):
    """exp(x) / sum(exp(x)) over the channels, so that they are positive and sum to 1."""

    examples: ClassVar = (Example("softmax", into=(128,), out=(128,)),)

    def infer(self, x: Shape) -> Shape:
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Softmax(dim=1)
