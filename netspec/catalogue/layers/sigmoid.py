"""Logistic sigmoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Sigmoid(Layer):
    """1 / (1 + exp(-x)) of every number, so that each lies between 0 and 1."""

    examples: ClassVar = (Example("sigmoid", into=(128,), out=(128,)),)

    def infer(self, x: Shape) -> Shape:
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Sigmoid()
