"""Flatten a value to a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Flatten(Layer):
    """Lay all dimensions of a sample out in one, as torch.nn.Flatten does; the batch stays."""

    examples: ClassVar = (Example("flatten", into=(1, 28, 28), out=(784,)),)

    def infer(self, x: Shape) -> Shape:
        return Shape.of(x.size)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Flatten()
