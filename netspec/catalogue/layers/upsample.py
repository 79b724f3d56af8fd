"""A larger sequence, image or volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.catalogue.values import Sizes
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class Upsample(Channelwise):
    """Make a sequence, an image or a volume larger by repeating numbers or drawing lines between them.

    torch.nn.Upsample, with its modes by one name for every rank: `linear` is bilinear for an image and trilinear for
    a volume.
    """

    positional: ClassVar = ("scale_factor",)
    torch_names: ClassVar = ("torch.nn.Upsample", "torch.nn.UpsamplingBilinear2d", "torch.nn.UpsamplingNearest2d")
    aliases: ClassVar = (
        "up_sampling1d",
        "up_sampling2d",
        "up_sampling3d",
        "interpolate",
    )
    unlike_torch: ClassVar = {
        "align_corners": "torch's none is false",
        "recompute_scale_factor": "whole factors leave nothing to compute",
    }
    examples: ClassVar = (
        Example("upsample(2)", into=(16, 7, 7), out=(16, 14, 14)),
        Example("upsample(size=[10, 12], mode=linear)", into=(16, 7, 7), out=(16, 10, 12)),
    )

    scale_factor: Annotated[Sizes | None, Field(description="how many times larger")] = None
    size: Annotated[Sizes | None, Field(description="the size that comes out, instead of a factor")] = None
    mode: Annotated[Literal["nearest", "linear", "bicubic"], Field(description="how what lies between is found")] = (
        "nearest"
    )
    align_corners: Annotated[bool, Field(description="the corners stay what they are; not with `nearest`")] = False

    def check(self) -> None:
        if (self.scale_factor is None) == (self.size is None):
            raise MisfitError("`upsample` takes either `scale_factor` or `size`")
        if self.mode == "nearest" and self.align_corners:
            raise MisfitError("`nearest` has no corners to align", argument="align_corners")

    def infer(self, x: Shape) -> Shape:
        check_spatial("upsample", x)
        if self.mode == "bicubic" and x.rank != 3:
            raise MisfitError(f"`mode=bicubic` is for images, not for {x}", argument="mode")
        rank = len(x.spatial)
        if self.size is not None:
            return x.with_dims(x.channels, *per_dimension(self.size, rank, "size"))
        factors = per_dimension(self.scale_factor or 1, rank, "scale_factor")
        return x.with_dims(x.channels, *(size * factor for size, factor in zip(x.spatial, factors, strict=True)))

    def deterministic(self, x: Shape) -> bool:
        return self.mode != "bicubic" and not (self.mode == "linear" and len(x.spatial) == 1)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        linear = {2: "linear", 3: "bilinear", 4: "trilinear"}[x.rank]
        mode = linear if self.mode == "linear" else self.mode
        factors = self.scale_factor
        align = self.align_corners if self.mode != "nearest" else None
        # torch counts in fractions of the size; whole factors are exact
        scale = tuple(map(float, factors)) if isinstance(factors, tuple) else factors and float(factors)
        return nn.Upsample(self.size, scale, mode, align)
