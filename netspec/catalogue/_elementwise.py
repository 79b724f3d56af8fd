"""Layers that do the same to every number, or to every value along a dimension, and leave the shape as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Elementwise(Layer):
    """A layer whose fields are the arguments of the torch module that `module` names."""

    module: ClassVar[str]

    def infer(self, x: Shape) -> Shape:
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        arguments = {name: getattr(self, name) for name in type(self).model_fields}
        return getattr(nn, self.module)(**arguments)
