"""Convolution in one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._spatial import Grouped
from netspec.catalogue.values import Paddings, PositiveInt, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension, window_size

if TYPE_CHECKING:
    from torch import nn


class Conv(Layer):
    """Slide a learned kernel over a sequence, an image or a volume.

    The rank is taken from the value: torch.nn.Conv1d, 2d or 3d. The channels that come in are taken from it too.
    """

    inferred: ClassVar = "in_channels"
    positional: ClassVar = ("out_channels", "kernel_size")
    torch_names: ClassVar = ("torch.nn.Conv1d", "torch.nn.Conv2d", "torch.nn.Conv3d")
    aliases: ClassVar = (
        "convolution",
        "convolution2d",
    )
    linear: ClassVar = True
    convolves: ClassVar = True
    examples: ClassVar = (
        Example("conv(16, 5)", into=(3, 32, 32), out=(16, 28, 28)),
        Example("conv(64, 3, stride=2, padding=1, bias=false)", into=(32, 28, 28), out=(64, 14, 14)),
        Example("conv(8, 3, padding=same)", into=(4, 100), out=(8, 100)),
        Example("conv(8, [1, 3, 3], groups=2)", into=(2, 4, 8, 8), out=(8, 4, 6, 6)),
    )

    out_channels: Annotated[PositiveInt, Field(description="number of kernels, and of channels that come out")]
    kernel_size: Annotated[Sizes, Field(description="size of the kernel")]
    stride: Annotated[Sizes, Field(description="distance between two places of the kernel")] = 1
    padding: Annotated[
        Paddings | Literal["same", "valid"],
        Field(description="what is added at each border; `same` keeps the size, `valid` adds nothing"),
    ] = 0
    dilation: Annotated[Sizes, Field(description="distance between two elements of the kernel")] = 1
    groups: Annotated[PositiveInt, Field(description="parts that the channels are divided into, each on its own")] = 1
    bias: Annotated[bool, Field(description="add a learned bias")] = True
    padding_mode: Annotated[
        Literal["zeros", "reflect", "replicate", "circular"], Field(description="what the added border holds")
    ] = "zeros"

    @property
    def adds_bias(self) -> bool:
        return self.bias

    def resized(self, x: Shape, output: Shape) -> Conv | None:
        stride = _stride(x, output)
        changed = self.model_copy(update={"out_channels": output.channels, "stride": stride})
        return changed if stride is not None and _gives(changed, x, output) else None

    @classmethod
    def projection(cls, x: Shape, output: Shape) -> Conv | None:
        stride = _stride(x, output)
        layer = cls(out_channels=output.channels, kernel_size=1, stride=stride) if stride is not None else None
        return layer if layer is not None and _gives(layer, x, output) else None

    def infer(self, x: Shape) -> Shape:
        if not 2 <= x.rank <= 4:
            raise MisfitError(
                f"`conv` slides over a sequence, an image or a volume, [channels, …], not over {x}",
                help="a vector has no height and width; a `flatten` belongs behind the convolutions"
                if x.rank == 1
                else None,
            )
        for argument, channels in (("groups", x.channels), ("out_channels", self.out_channels)):
            if channels % self.groups:
                what = "the input's" if argument == "groups" else "the output's"
                raise MisfitError(
                    f"`groups={self.groups}` doesn't divide {what} {channels} channels", argument=argument
                )
        kernel = per_dimension(self.kernel_size, len(x.spatial), "kernel_size")
        stride = per_dimension(self.stride, len(x.spatial), "stride")
        dilation = per_dimension(self.dilation, len(x.spatial), "dilation")
        if self.padding == "same" and any(step != 1 for step in stride):
            raise MisfitError(
                "`padding=same` keeps the size, which a stride above 1 can't",
                argument="padding",
                help="give the padding as a number",
            )
        padding = self._padding(kernel, dilation)
        self._check_border(x, padding)
        spatial: list[int] = []
        for size, k, s, p, d in zip(x.spatial, kernel, stride, padding, dilation, strict=True):
            if self.padding == "same":
                spatial.append(size)
                continue
            if d * (k - 1) + 1 > size + 2 * p:
                raise MisfitError(
                    f"the kernel reaches over {d * (k - 1) + 1}, the input has {size}"
                    + (f" + 2 * {p} of padding" if p else ""),
                    argument="kernel_size",
                    help=f"a kernel of at most {(size + 2 * p - 1) // d + 1}, "
                    f"or `padding` of {-(-(d * (k - 1) + 1 - size) // 2)}",
                )
            spatial.append(window_size(size, k, s, p, d))
        return Shape((self.out_channels, *spatial))

    def _padding(self, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
        """What is added at each border; of an odd sum under `same` the larger part, which torch adds at the end."""
        match self.padding:
            case "same":
                return tuple((d * (k - 1) + 1) // 2 for k, d in zip(kernel, dilation, strict=True))
            case "valid":
                return (0,) * len(kernel)
            case sizes:
                return per_dimension(sizes, len(kernel), "padding")

    def _check_border(self, x: Shape, padding: tuple[int, ...]) -> None:
        limit = {"reflect": -1, "circular": 0}.get(self.padding_mode)
        if limit is None:
            return
        for size, p in zip(x.spatial, padding, strict=True):
            if p > size + limit:
                raise MisfitError(
                    f"`padding_mode={self.padding_mode}` has at most {size + limit} to add to {size}, not {p}",
                    argument="padding",
                )

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        # torch types each rank's sizes apart; `infer` has made sure that they fit
        modules: dict[int, Callable[..., nn.Module]] = {2: nn.Conv1d, 3: nn.Conv2d, 4: nn.Conv3d}
        return modules[x.rank](
            x.channels,
            self.out_channels,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
            self.bias,
            self.padding_mode,
        )

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        kernel = per_dimension(self.kernel_size, len(x.spatial), "kernel_size")
        weight = {"weight": (self.out_channels, x.channels // self.groups, *kernel)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def channels(self, ties: Ties, x: Value) -> Channels:
        kernel = self.parameters(x.shape)["weight"][2:]
        (spatial,) = ties.channelwise(x, self.infer(x.shape))
        found = Grouped.of(ties, x.axes[0], self.groups, self.out_channels)
        tensors = {"weight": (found.outputs, found.taken, *places(*kernel)), "bias": (found.outputs,)}
        return Channels(((found.outputs, *spatial[1:]),), tensors, found.arguments)

    def flops(self, x: Shape) -> int:
        return 2 * prod(self.parameters(x)["weight"]) * prod(self.infer(x).spatial)


def _stride(x: Shape, output: Shape) -> int | None:
    """The stride that makes the one size of the other, if it is one for all dimensions."""
    if x.rank != output.rank or x.rank < 2:
        return None
    strides = {-(-old // new) for old, new in zip(x.spatial, output.spatial, strict=True)}
    return strides.pop() if len(strides) == 1 else None


def _gives(layer: Conv, x: Shape, output: Shape) -> bool:
    try:
        return layer.infer(x) == output
    except MisfitError:
        return False
