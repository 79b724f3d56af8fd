"""Channels as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._spatial import check_spatial
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class PixelShuffle(Layer):
    """Turn channels into pixels: torch.nn.PixelShuffle. An image gets larger by the factor in height and width.

    Shi et al., Real-Time Single Image and Video Super-Resolution, CVPR 2016.
    """

    positional: ClassVar = ("upscale_factor",)
    torch_names: ClassVar = ("torch.nn.PixelShuffle",)
    aliases: ClassVar = ("depth_to_space",)
    examples: ClassVar = (Example("pixel_shuffle(2)", into=(16, 7, 7), out=(4, 14, 14)),)

    upscale_factor: Annotated[PositiveInt, Field(le=64, description="the factor")]

    def infer(self, x: Shape) -> Shape:
        check_spatial("pixel_shuffle", x, (3,))
        square = self.upscale_factor**2
        if x.channels % square:
            raise MisfitError(f"{x.channels} channels aren't a multiple of {square}", argument="upscale_factor")
        height, width = x.spatial
        return x.with_dims(x.channels // square, height * self.upscale_factor, width * self.upscale_factor)

    def channels(self, ties: Ties, x: Value) -> Channels:
        (axes,) = ties.channelwise(x, self.infer(x.shape))
        return Channels(((ties.join(axes[0], self.upscale_factor**2), *axes[1:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.PixelShuffle(self.upscale_factor)
