"""Average pooling in one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.catalogue.values import Paddings, PositiveInt, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension, window_size

if TYPE_CHECKING:
    from torch import nn


class AvgPool(Channelwise):
    """The mean of each window that slides over a sequence, an image or a volume.

    The rank is taken from the value: torch.nn.AvgPool1d, 2d or 3d.
    """

    positional: ClassVar = ("kernel_size",)
    torch_names: ClassVar = ("torch.nn.AvgPool1d", "torch.nn.AvgPool2d", "torch.nn.AvgPool3d")
    aliases: ClassVar = (
        "average_pooling1d",
        "average_pooling2d",
        "average_pooling3d",
        "average_pooling",
        "mean_pool",
    )
    examples: ClassVar = (
        Example("avg_pool(2)", into=(16, 28, 28), out=(16, 14, 14)),
        Example("avg_pool(3, stride=2, padding=1)", into=(64, 112), out=(64, 56)),
    )

    kernel_size: Annotated[Sizes, Field(description="size of the window")]
    stride: Annotated[
        Sizes | None, Field(description="distance between two places of the window; none means the window's size")
    ] = None
    padding: Annotated[Paddings, Field(description="what is added at each border; at most half the window")] = 0
    ceil_mode: Annotated[bool, Field(description="keep a last window that reaches over the border")] = False
    count_include_pad: Annotated[bool, Field(description="count the added border in the mean")] = True
    divisor_override: Annotated[
        PositiveInt | None, Field(description="what sums are divided by, in the place of the window's size")
    ] = None

    def infer(self, x: Shape) -> Shape:
        check_spatial("avg_pool", x)
        rank = len(x.spatial)
        if rank == 1 and self.divisor_override is not None:
            raise MisfitError("torch has no `divisor_override` for sequences", argument="divisor_override")
        kernel = per_dimension(self.kernel_size, rank, "kernel_size")
        stride = per_dimension(self.stride, rank, "stride") if self.stride is not None else kernel
        padding = per_dimension(self.padding, rank, "padding")
        spatial: list[int] = []
        for size, k, s, p in zip(x.spatial, kernel, stride, padding, strict=True):
            if 2 * p > k:
                raise MisfitError(f"`padding` is at most half the window of {k}, not {p}", argument="padding")
            if rank == 3 and k > size:
                # torch leaves the border out here, in three dimensions alone
                raise MisfitError(f"the window reaches over {k}, the input has {size}", argument="kernel_size")
            length = window_size(size, k, s, p, ceil=self.ceil_mode)
            if length < 1:
                border = f" + 2 * {p}" if p else ""
                raise MisfitError(f"the window reaches over {k}, the input has {size}{border}", argument="kernel_size")
            spatial.append(length)
        return x.with_dims(x.channels, *spatial)

    def deterministic(self, x: Shape) -> bool:
        return len(x.spatial) < 3

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        modules: dict[int, Callable[..., nn.Module]] = {2: nn.AvgPool1d, 3: nn.AvgPool2d, 4: nn.AvgPool3d}
        divisor = () if self.divisor_override is None else (self.divisor_override,)
        return modules[x.rank](
            self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, *divisor
        )
