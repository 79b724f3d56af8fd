"""Gaussian error linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class GELU(Layer):
    """x times the share of a standard normal distribution below x: torch.nn.GELU.

    Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
    """

    torch_names: ClassVar = ("torch.nn.GELU",)
    examples: ClassVar = (
        Example("gelu", into=(128,), out=(128,)),
        Example("gelu(approximate=tanh)", into=(128,), out=(128,)),
    )

    approximate: Annotated[
        Literal["tanh"] | None, Field(description="`tanh` computes the faster approximation by a tanh")
    ] = None

    def infer(self, x: Shape) -> Shape:
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GELU(self.approximate or "none")
