"""Channels of groups mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class ChannelShuffle(Layer):
    """Take a channel from each group in turn: torch.nn.ChannelShuffle.

    Zhang et al., ShuffleNet, CVPR 2018.
    """

    positional: ClassVar = ("groups",)
    torch_names: ClassVar = ("torch.nn.ChannelShuffle",)
    examples: ClassVar = (Example("channel_shuffle(2)", into=(16, 7, 7), out=(16, 7, 7)),)

    groups: Annotated[PositiveInt, Field(description="how many groups")]

    def infer(self, x: Shape) -> Shape:
        if x.rank < 2:
            raise MisfitError(f"`channel_shuffle` takes channels with something in them, [channels, …], not {x}")
        if x.channels % self.groups:
            raise MisfitError(f"`groups={self.groups}` doesn't divide {x.channels} channels", argument="groups")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.match(x.axes[0], self.groups)
        size = len(x.axes[0]) // self.groups
        shuffled = tuple(channel for position in range(size) for channel in x.axes[0][position::size])
        return Channels(((shuffled, *x.axes[1:]),))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.ChannelShuffle(self.groups)
