"""Pooling by a norm in one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.catalogue.layers.avg_pool import AvgPool
from netspec.catalogue.values import Sizes
from netspec.shapes import Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class LPPool(Channelwise):
    """The norm of each window that slides over a sequence, an image or a volume.

    The rank is taken from the value: torch.nn.LPPool1d, 2d or 3d.
    """

    positional: ClassVar = ("norm_type", "kernel_size")
    torch_names: ClassVar = ("torch.nn.LPPool1d", "torch.nn.LPPool2d", "torch.nn.LPPool3d")
    examples: ClassVar = (Example("lp_pool(2, 3, stride=2)", into=(16, 29, 29), out=(16, 14, 14)),)

    norm_type: Annotated[float, Field(gt=0, description="which norm: 1 is the sum, 2 the root of the sum of squares")]
    kernel_size: Annotated[Sizes, Field(description="size of the window")]
    stride: Annotated[
        Sizes | None, Field(description="distance between two places of the window; none means the window's size")
    ] = None
    ceil_mode: Annotated[bool, Field(description="keep a last window that reaches over the border")] = False

    def infer(self, x: Shape) -> Shape:
        check_spatial("lp_pool", x)
        # torch takes the mean of powers, times the window's size
        return AvgPool(kernel_size=self.kernel_size, stride=self.stride, ceil_mode=self.ceil_mode).infer(x)

    def deterministic(self, x: Shape) -> bool:
        return len(x.spatial) < 3

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        modules: dict[int, Callable[..., nn.Module]] = {2: nn.LPPool1d, 3: nn.LPPool2d, 4: nn.LPPool3d}
        kernel = per_dimension(self.kernel_size, len(x.spatial), "kernel_size")
        # LPPool1d multiplies by the window's size and so takes no list
        return modules[x.rank](self.norm_type, kernel[0] if len(kernel) == 1 else kernel, self.stride, self.ceil_mode)
