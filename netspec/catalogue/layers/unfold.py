"""Windows of an image, each as a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers._spatial import check_spatial, windows
from netspec.catalogue.values import Paddings, Sizes
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Unfold(Layer):
    """Every window that slides over an image as a column, [channels x window, places]: torch.nn.Unfold."""

    positional: ClassVar = ("kernel_size",)
    torch_names: ClassVar = ("torch.nn.Unfold",)
    examples: ClassVar = (
        Example("unfold(4, stride=4)", into=(3, 32, 32), out=(48, 64)),
        Example("unfold(3, padding=1)", into=(3, 8, 8), out=(27, 64)),
    )

    kernel_size: Annotated[Sizes, Field(description="size of the window")]
    dilation: Annotated[Sizes, Field(description="distance between two elements of the window")] = 1
    padding: Annotated[Paddings, Field(description="zeros that are added at each border")] = 0
    stride: Annotated[Sizes, Field(description="distance between two places of the window")] = 1

    def infer(self, x: Shape) -> Shape:
        check_spatial("unfold", x, (3,))
        numbers, places = windows(x.spatial, self.kernel_size, self.stride, self.padding, self.dilation)
        return x.with_dims(x.channels * numbers, places)

    def channels(self, ties: Ties, x: Value) -> Channels:
        (shape,) = self.outputs(x.shape)
        (axes,) = ties.channelwise(x, shape)
        window = shape.channels // x.shape.channels
        return Channels(((tuple(channel for channel in axes[0] for _ in range(window)), *axes[1:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.Unfold(self.kernel_size, self.dilation, self.padding, self.stride)
