"""Other sizes for the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._sizes import OpenSizes, solved
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Reshape(Layer):
    """Give a sample other sizes, with its numbers in the same order: torch.reshape; the batch stays.

    One size may be `_`: it follows from the others.
    """

    positional: ClassVar = ("shape",)
    keeps_numbers: ClassVar = True
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.reshape",)
    aliases: ClassVar = ("rearrange",)
    examples: ClassVar = (
        Example("reshape([16, 7, 7])", into=(784,), out=(16, 7, 7)),
        Example("reshape([_, 8])", into=(4, 16), out=(8, 8)),
    )

    shape: Annotated[OpenSizes, Field(description="the sizes, without the batch")]

    def infer(self, x: Shape) -> Shape:
        return x.with_dims(*solved(self.shape, x.size, "shape"))

    def channels(self, ties: Ties, x: Value) -> Channels:
        axes = ties.regrouped(x.axes, self.infer(x.shape).dims)
        return Channels((axes,), {}, {"shape": tuple(map(Count, axes))})

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.shaping import Reshape

        return Reshape(*self.infer(x).dims)
