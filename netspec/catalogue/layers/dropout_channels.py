"""Dropout of whole channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class DropoutChannels(Layer):
    """In training set each channel to 0 as a whole with probability p and scale the others by 1 / (1 - p).

    The rank is taken from the value: torch.nn.Dropout1d, 2d or 3d.

    Tompson et al., Efficient Object Localization Using Convolutional Networks, CVPR 2015.
    """

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torch.nn.Dropout1d", "torch.nn.Dropout2d", "torch.nn.Dropout3d")
    aliases: ClassVar = (
        "spatial_dropout",
        "spatial_dropout1d",
        "spatial_dropout2d",
        "spatial_dropout3d",
        "feature_dropout",
    )
    examples: ClassVar = (Example("dropout_channels(0.2)", into=(16, 8, 8), out=(16, 8, 8)),)

    p: Annotated[float, Field(ge=0, lt=1, description="probability that a channel is set to 0")] = 0.5

    def varies(self, *, training: bool) -> bool:
        return training and self.p > 0

    def infer(self, x: Shape) -> Shape:
        if not 2 <= x.rank <= 4:
            raise MisfitError(f"`dropout_channels` takes a sequence, an image or a volume, [channels, …], not {x}")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return {2: nn.Dropout1d, 3: nn.Dropout2d, 4: nn.Dropout3d}[x.rank](self.p)
