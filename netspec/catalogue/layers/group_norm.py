"""Normalisation of groups of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Count, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class GroupNorm(Layer):
    """Bring each group of channels of a sample to mean 0 and variance 1, then scale and shift: torch.nn.GroupNorm.

    Wu and He, Group Normalization, ECCV 2018.
    """

    inferred: ClassVar = "num_channels"
    positional: ClassVar = ("num_groups",)
    torch_names: ClassVar = ("torch.nn.GroupNorm",)
    aliases: ClassVar = (
        "group_normalization",
        "gn",
    )
    unlike_torch: ClassVar = {"bias": "torch has it only of late; `affine` is for the scale and the shift"}
    examples: ClassVar = (Example("group_norm(4)", into=(16, 8, 8), out=(16, 8, 8)),)

    num_groups: Annotated[PositiveInt, Field(description="parts that the channels are divided into")]
    eps: Annotated[float, Field(gt=0, description="added to the variance, so that nothing is divided by 0")] = 1e-5
    affine: Annotated[bool, Field(description="learn a scale and a shift for each channel")] = True

    def infer(self, x: Shape) -> Shape:
        if not x.rank:
            raise MisfitError(f"`group_norm` takes channels, not {x}, one number for each sample")
        if x.channels % self.num_groups:
            raise MisfitError(
                f"`num_groups={self.num_groups}` doesn't divide {x.channels} channels", argument="num_groups"
            )
        if x.size == self.num_groups:
            raise MisfitError(f"a group of {x} has one number, which has no variance", argument="num_groups")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.channelwise(x)
        groups = ties.join(x.axes[0], x.shape.channels // self.num_groups)
        if self.num_groups == 1:
            ties.fix(groups, "{place} normalizes over all of them")
        along = (x.axes[0],)
        return Channels((x.axes,), {"weight": along, "bias": along}, {"num_groups": Count(groups)})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.GroupNorm(self.num_groups, x.channels, self.eps, self.affine)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}
