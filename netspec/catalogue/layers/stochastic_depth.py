"""Whole branches left out at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class StochasticDepth(Layer):
    """In training set the whole value of a sample to 0 with probability p and scale the others by 1 / (1 - p).

    At the end of a residual branch it leaves the branch out, so that the network is shallower for that sample; also
    called drop path, and torchvision.ops.StochasticDepth in `row` mode.

    Huang et al., Deep Networks with Stochastic Depth, ECCV 2016.
    """

    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.ops.StochasticDepth",)
    aliases: ClassVar = (
        "drop_path",
        "droppath",
        "drop_connect",
    )
    unlike_torch: ClassVar = {"mode": "always `row`, each sample by itself"}
    examples: ClassVar = (Example("stochastic_depth(0.1)", into=(64, 7, 7), out=(64, 7, 7)),)

    p: Annotated[float, Field(ge=0, lt=1, description="probability that a sample's value is set to 0")]

    def varies(self, *, training: bool) -> bool:
        return training and self.p > 0

    def infer(self, x: Shape) -> Shape:
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        return Channels((x.axes,))

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.stochastic_depth import StochasticDepth

        return StochasticDepth(self.p)
