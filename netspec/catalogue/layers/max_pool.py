"""Max pooling in one, two or three dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, with_indices
from netspec.catalogue.values import Paddings, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension, window_size

if TYPE_CHECKING:
    from torch import nn


class MaxPool(Channelwise):
    """The largest number of each window that slides over a sequence, an image or a volume.

    The rank is taken from the value: torch.nn.MaxPool1d, 2d or 3d. With `return_indices=true` it gives the places too,
    which `max_unpool` takes: `values, places = max_pool(2, return_indices=true)`.
    """

    picks_largest: ClassVar = True
    positional: ClassVar = ("kernel_size",)
    torch_names: ClassVar = ("torch.nn.MaxPool1d", "torch.nn.MaxPool2d", "torch.nn.MaxPool3d")
    aliases: ClassVar = (
        "max_pooling1d",
        "max_pooling2d",
        "max_pooling3d",
        "max_pooling",
        "maxpooling",
    )
    examples: ClassVar = (
        Example("max_pool(2)", into=(16, 28, 28), out=(16, 14, 14)),
        Example("max_pool(3, stride=2, padding=1)", into=(64, 112, 112), out=(64, 56, 56)),
        Example("max_pool(2, ceil_mode=true)", into=(4, 7), out=(4, 4)),
        Example("max_pool(2, return_indices=true)", into=(4, 8, 8), out=((4, 4, 4), (4, 4, 4))),
    )

    kernel_size: Annotated[Sizes, Field(description="size of the window")]
    stride: Annotated[
        Sizes | None, Field(description="distance between two places of the window; none means the window's size")
    ] = None
    padding: Annotated[Paddings, Field(description="what is added at each border; at most half the window")] = 0
    dilation: Annotated[Sizes, Field(description="distance between two elements of the window")] = 1
    ceil_mode: Annotated[bool, Field(description="keep a last window that reaches over the border")] = False
    return_indices: Annotated[
        bool, Field(description="give two values, the second with the place of each number among those of its channel")
    ] = False

    def infer(self, x: Shape) -> Shape | tuple[Shape, Shape]:
        if not 2 <= x.rank <= 4:
            raise MisfitError(f"`max_pool` slides over a sequence, an image or a volume, [channels, …], not over {x}")
        rank = len(x.spatial)
        kernel = per_dimension(self.kernel_size, rank, "kernel_size")
        stride = per_dimension(self.stride, rank, "stride") if self.stride is not None else kernel
        padding = per_dimension(self.padding, rank, "padding")
        dilation = per_dimension(self.dilation, rank, "dilation")
        spatial: list[int] = []
        for size, k, s, p, d in zip(x.spatial, kernel, stride, padding, dilation, strict=True):
            if 2 * p > k:
                raise MisfitError(
                    f"`padding` is at most half the window of {k}, not {p}",
                    argument="padding",
                    help=f"at most {k // 2}",
                )
            length = window_size(size, k, s, p, d, ceil=self.ceil_mode)
            if length < 1:
                raise MisfitError(
                    f"the window reaches over {d * (k - 1) + 1}, the input has {size}" + (f" + 2 * {p}" if p else ""),
                    argument="kernel_size",
                )
            if any(start % d >= size for start in range(-p, min(0, length * s - p), s)):
                # torch would take -inf for the largest, and write beyond the tensor in its backward pass
                reason = f"a window of {k} with dilation {d} would see nothing but padding of an input of {size}"
                raise MisfitError(reason, argument="padding")
            spatial.append(length)
        return with_indices(x.with_dims(x.channels, *spatial), self.return_indices)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.MaxPool1d, 3: nn.MaxPool2d, 4: nn.MaxPool3d}[x.rank]
        return module(
            self.kernel_size, self.stride, self.padding, self.dilation, self.return_indices, ceil_mode=self.ceil_mode
        )
