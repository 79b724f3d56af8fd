"""Windows of an image put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._spatial import windows
from netspec.catalogue.values import Paddings, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class Fold(Layer):
    """Put columns, [channels x window, places], back to an image, where windows overlap as their sum: torch.nn.Fold.

    It is the way back of `unfold` with the same arguments.
    """

    positional: ClassVar = ("output_size", "kernel_size")
    torch_names: ClassVar = ("torch.nn.Fold",)
    examples: ClassVar = (Example("fold(32, 4, stride=4)", into=(48, 64), out=(3, 32, 32)),)

    output_size: Annotated[Sizes, Field(description="height and width of the image")]
    kernel_size: Annotated[Sizes, Field(description="size of the window")]
    dilation: Annotated[Sizes, Field(description="distance between two elements of the window")] = 1
    padding: Annotated[Paddings, Field(description="zeros that were added at each border")] = 0
    stride: Annotated[Sizes, Field(description="distance between two places of the window")] = 1

    def infer(self, x: Shape) -> Shape:
        if x.rank != 2:
            raise MisfitError(f"`fold` takes columns, [channels x window, places], not {x}")
        size = per_dimension(self.output_size, 2, "output_size")
        numbers, places = windows(size, self.kernel_size, self.stride, self.padding, self.dilation)
        if x.dims[0] % numbers:
            raise MisfitError(f"{x.dims[0]} isn't a multiple of the window's {numbers} numbers", argument="kernel_size")
        if x.dims[1] != places:
            raise MisfitError(
                f"an image of {list(size)} has {places} windows, and {x} has {x.dims[1]}", argument="output_size"
            )
        return x.with_dims(x.dims[0] // numbers, *size)

    def channels(self, ties: Ties, x: Value) -> Channels:
        (shape,) = self.outputs(x.shape)
        (axes,) = ties.channelwise(x, shape)
        return Channels(((ties.join(axes[0], x.shape.channels // shape.channels), *axes[1:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Fold(self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
