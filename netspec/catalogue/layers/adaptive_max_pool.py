"""Max pooling to a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial, with_indices
from netspec.catalogue.values import Sizes
from netspec.shapes import Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class AdaptiveMaxPool(Channelwise):
    """The largest number of each of so many windows that cover a sequence, an image or a volume of any size.

    The rank is taken from the value: torch.nn.AdaptiveMaxPool1d, 2d or 3d.
    """

    positional: ClassVar = ("output_size",)
    torch_names: ClassVar = ("torch.nn.AdaptiveMaxPool1d", "torch.nn.AdaptiveMaxPool2d", "torch.nn.AdaptiveMaxPool3d")
    examples: ClassVar = (
        Example("adaptive_max_pool(7)", into=(512, 14, 14), out=(512, 7, 7)),
        Example("adaptive_max_pool([2, 3])", into=(8, 5, 5), out=(8, 2, 3)),
    )

    output_size: Annotated[Sizes, Field(description="the size that comes out")]
    return_indices: Annotated[
        bool, Field(description="give two values, the second with the place of each number among those of its channel")
    ] = False

    def infer(self, x: Shape) -> Shape | tuple[Shape, Shape]:
        check_spatial("adaptive_max_pool", x)
        sizes = per_dimension(self.output_size, len(x.spatial), "output_size")
        return with_indices(x.with_dims(x.channels, *sizes), self.return_indices)

    def not_exported(self, format: str, x: Shape) -> str | None:
        sizes = per_dimension(self.output_size, len(x.spatial), "output_size")
        if format == "onnx" and any(size % out for size, out in zip(x.spatial, sizes, strict=True)):
            return "ONNX has windows of one size alone, and here they differ; `max_pool` is the nearest"
        return super().not_exported(format, x)

    def deterministic(self, x: Shape) -> bool:
        return False

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.AdaptiveMaxPool1d, 3: nn.AdaptiveMaxPool2d, 4: nn.AdaptiveMaxPool3d}[x.rank]
        return module(self.output_size, self.return_indices)
