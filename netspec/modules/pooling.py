"""torch's unpooling as a layer with a known size."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

Sizes = int | tuple[int, ...]

UNPOOL: dict[int, Callable[..., Tensor]] = {1: F.max_unpool1d, 2: F.max_unpool2d, 3: F.max_unpool3d}


class MaxUnpool(nn.Module):
    """Values [N, C, …] at their indices among zeros, [N, C, *output_size]."""

    def __init__(self, kernel_size: Sizes, stride: Sizes | None, padding: Sizes, output_size: tuple[int, ...]) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.output_size = output_size

    def forward(self, x: Tensor, indices: Tensor) -> Tensor:
        return UNPOOL[len(self.output_size)](x, indices, self.kernel_size, self.stride, self.padding, self.output_size)

    def extra_repr(self) -> str:
        return f"{self.kernel_size}, output_size={self.output_size}"
