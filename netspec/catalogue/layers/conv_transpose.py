"""Transposed convolution in one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._spatial import Grouped, check_spatial
from netspec.catalogue.values import Paddings, PositiveInt, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class ConvTranspose(Layer):
    """Spread each number over a learned kernel, which makes a sequence, an image or a volume larger.

    The rank is taken from the value: torch.nn.ConvTranspose1d, 2d or 3d. The channels that come in are taken from it
    too. `conv_transpose(16, 2, stride=2)` doubles height and width.
    """

    inferred: ClassVar = "in_channels"
    positional: ClassVar = ("out_channels", "kernel_size")
    torch_names: ClassVar = ("torch.nn.ConvTranspose1d", "torch.nn.ConvTranspose2d", "torch.nn.ConvTranspose3d")
    aliases: ClassVar = (
        "conv2d_transpose",
        "conv1d_transpose",
        "conv3d_transpose",
        "deconv",
        "deconv2d",
        "deconvolution",
        "transposed_conv",
    )
    unlike_torch: ClassVar = {"padding_mode": "torch has `zeros` alone here"}
    examples: ClassVar = (
        Example("conv_transpose(16, 2, stride=2)", into=(32, 14, 14), out=(16, 28, 28)),
        Example("conv_transpose(8, 3, stride=2, padding=1, output_padding=1)", into=(4, 10), out=(8, 20)),
    )

    out_channels: Annotated[PositiveInt, Field(description="number of channels that come out")]
    kernel_size: Annotated[Sizes, Field(description="size of the kernel")]
    stride: Annotated[Sizes, Field(description="distance between two kernels in what comes out")] = 1
    padding: Annotated[Paddings, Field(description="what is taken off at each border, as the convolution adds it")] = 0
    output_padding: Annotated[Paddings, Field(description="what is added at the end; below stride or dilation")] = 0
    groups: Annotated[PositiveInt, Field(description="parts that the channels are divided into, each on its own")] = 1
    bias: Annotated[bool, Field(description="add a learned bias")] = True
    dilation: Annotated[Sizes, Field(description="distance between two elements of the kernel")] = 1

    def infer(self, x: Shape) -> Shape:
        check_spatial("conv_transpose", x)
        for argument, channels in (("groups", x.channels), ("out_channels", self.out_channels)):
            if channels % self.groups:
                what = "the input's" if argument == "groups" else "the output's"
                raise MisfitError(
                    f"`groups={self.groups}` doesn't divide {what} {channels} channels", argument=argument
                )
        rank = len(x.spatial)
        names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
        sizes = [per_dimension(getattr(self, name), rank, name) for name in names]
        spatial: list[int] = []
        for size, k, s, p, extra, d in zip(x.spatial, *sizes, strict=True):
            if extra >= max(s, d):
                reason = f"`output_padding` is below the stride of {s} or the dilation of {d}, not {extra}"
                raise MisfitError(reason, argument="output_padding")
            length = (size - 1) * s - 2 * p + d * (k - 1) + extra + 1
            if length < 1:
                raise MisfitError(f"`padding={p}` takes off all of {length + 2 * p}", argument="padding")
            spatial.append(length)
        return x.with_dims(self.out_channels, *spatial)

    def channels(self, ties: Ties, x: Value) -> Channels:
        kernel = self.parameters(x.shape)["weight"][2:]
        (spatial,) = ties.channelwise(x, self.infer(x.shape))
        found = Grouped.of(ties, x.axes[0], self.groups, self.out_channels)
        tensors = {"weight": (x.axes[0], found.made, *places(*kernel)), "bias": (found.outputs,)}
        return Channels(((found.outputs, *spatial[1:]),), tensors, found.arguments)

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        modules: dict[int, Callable[..., nn.Module]] = {
            2: nn.ConvTranspose1d,
            3: nn.ConvTranspose2d,
            4: nn.ConvTranspose3d,
        }
        return modules[x.rank](
            x.channels,
            self.out_channels,
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.bias,
            self.dilation,
        )

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        kernel = per_dimension(self.kernel_size, len(x.spatial), "kernel_size")
        weight = {"weight": (x.channels, self.out_channels // self.groups, *kernel)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def flops(self, x: Shape) -> int:
        return 2 * prod(self.parameters(x)["weight"]) * prod(x.spatial)
