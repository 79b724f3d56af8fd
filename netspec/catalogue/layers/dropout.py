"""Dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Dropout(Layer):
    """In training set each number to 0 with probability p and scale the others by 1 / (1 - p); otherwise do nothing.

    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 2014.
    """

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torch.nn.Dropout",)
    examples: ClassVar = (Example("dropout(0.3)", into=(256,), out=(256,)),)

    p: Annotated[float, Field(ge=0, lt=1, description="probability that a number is set to 0")] = 0.5

    @property
    def drops(self) -> bool:
        return self.p > 0

    def does_nothing(self, x: Shape) -> bool:
        return self.p == 0

    def infer(self, x: Shape) -> Shape:
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Dropout(self.p)
