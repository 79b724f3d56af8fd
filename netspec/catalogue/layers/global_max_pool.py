"""Global max pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class GlobalMaxPool(Channelwise):
    """The largest number of each channel, with the spatial dimensions kept at size 1: torch.nn.AdaptiveMaxPool2d(1).

    The rank is taken from the value. `flatten` makes a vector of the result.
    """

    torch_names: ClassVar = ("torch.nn.AdaptiveMaxPool1d", "torch.nn.AdaptiveMaxPool2d", "torch.nn.AdaptiveMaxPool3d")
    aliases: ClassVar = (
        "global_max_pooling1d",
        "global_max_pooling2d",
        "global_max_pooling3d",
        "gmp",
    )
    unlike_torch: ClassVar = {"output_size": "always 1", "return_indices": "`adaptive_max_pool(1)` has it"}
    examples: ClassVar = (Example("global_max_pool", into=(36, 5, 5), out=(36, 1, 1)),)

    def infer(self, x: Shape) -> Shape:
        check_spatial("global_max_pool", x)
        return x.with_dims(x.channels, *(1 for _ in x.spatial))

    def deterministic(self, x: Shape) -> bool:
        return False

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.AdaptiveMaxPool1d, 3: nn.AdaptiveMaxPool2d, 4: nn.AdaptiveMaxPool3d}[x.rank]
        return module(1)
