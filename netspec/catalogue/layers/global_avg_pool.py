"""Global average pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class GlobalAvgPool(Channelwise):
    """The mean of each channel, with the spatial dimensions kept at size 1: torch.nn.AdaptiveAvgPool2d(1).

    The rank is taken from the value. `flatten` makes a vector of the result.

    Lin, Chen and Yan, Network in Network, ICLR 2014.
    """

    torch_names: ClassVar = ("torch.nn.AdaptiveAvgPool1d", "torch.nn.AdaptiveAvgPool2d", "torch.nn.AdaptiveAvgPool3d")
    aliases: ClassVar = (
        "global_average_pooling1d",
        "global_average_pooling2d",
        "global_average_pooling3d",
        "global_average_pooling",
        "gap",
        "global_pool",
    )
    unlike_torch: ClassVar = {"output_size": "always 1"}
    examples: ClassVar = (
        Example("global_avg_pool", into=(36, 5, 5), out=(36, 1, 1)),
        Example("global_avg_pool", into=(8, 100), out=(8, 1)),
    )

    def infer(self, x: Shape) -> Shape:
        if not 2 <= x.rank <= 4:
            raise MisfitError(f"`global_avg_pool` takes the mean over a sequence, an image or a volume, not over {x}")
        return Shape((x.channels, *(1 for _ in x.spatial)))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.AdaptiveAvgPool1d, 3: nn.AdaptiveAvgPool2d, 4: nn.AdaptiveAvgPool3d}[x.rank]
        return module(1)
