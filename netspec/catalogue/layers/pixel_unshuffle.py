"""Pixels as channels."""

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


class PixelUnshuffle(Layer):
    """Turn pixels into channels: torch.nn.PixelUnshuffle, what undoes pixel_shuffle."""

    positional: ClassVar = ("downscale_factor",)
    torch_names: ClassVar = ("torch.nn.PixelUnshuffle",)
    aliases: ClassVar = ("space_to_depth",)
    examples: ClassVar = (Example("pixel_unshuffle(2)", into=(4, 14, 14), out=(16, 7, 7)),)

    downscale_factor: Annotated[PositiveInt, Field(le=64, description="the factor")]

    def infer(self, x: Shape) -> Shape:
        check_spatial("pixel_unshuffle", x, (3,))
        factor = self.downscale_factor
        height, width = x.spatial
        if height % factor or width % factor:
            raise MisfitError(
                f"height {height} and width {width} are to be multiples of {factor}", argument="downscale_factor"
            )
        return x.with_dims(x.channels * factor**2, height // factor, width // factor)

    def channels(self, ties: Ties, x: Value) -> Channels:
        (axes,) = ties.channelwise(x, self.infer(x.shape))
        return Channels(((tuple(channel for channel in axes[0] for _ in range(self.downscale_factor**2)), *axes[1:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.PixelUnshuffle(self.downscale_factor)
