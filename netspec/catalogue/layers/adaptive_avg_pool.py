"""Average pooling to a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.catalogue.values import Sizes
from netspec.shapes import Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class AdaptiveAvgPool(Channelwise):
    """The mean of each of so many windows that cover a sequence, an image or a volume of any size.

    The rank is taken from the value: torch.nn.AdaptiveAvgPool1d, 2d or 3d.
    """

    positional: ClassVar = ("output_size",)
    torch_names: ClassVar = ("torch.nn.AdaptiveAvgPool1d", "torch.nn.AdaptiveAvgPool2d", "torch.nn.AdaptiveAvgPool3d")
    examples: ClassVar = (
        Example("adaptive_avg_pool(7)", into=(512, 14, 14), out=(512, 7, 7)),
        Example("adaptive_avg_pool([2, 3])", into=(8, 5, 5), out=(8, 2, 3)),
    )

    output_size: Annotated[Sizes, Field(description="the size that comes out")]

    def infer(self, x: Shape) -> Shape:
        check_spatial("adaptive_avg_pool", x)
        return x.with_dims(x.channels, *per_dimension(self.output_size, len(x.spatial), "output_size"))

    def deterministic(self, x: Shape) -> bool:
        return {*per_dimension(self.output_size, len(x.spatial), "output_size")} == {1}

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.AdaptiveAvgPool1d, 3: nn.AdaptiveAvgPool2d, 4: nn.AdaptiveAvgPool3d}[x.rank]
        return module(self.output_size)
