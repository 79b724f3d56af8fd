"""Rectified linear unit with a learned slope."""

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


class PReLU(Layer):
    """x where it is positive, a learned slope times x elsewhere: torch.nn.PReLU.

    He et al., Delving Deep into Rectifiers, ICCV 2015.
    """

    torch_names: ClassVar = ("torch.nn.PReLU",)
    aliases: ClassVar = ("parametric_relu",)
    examples: ClassVar = (
        Example("prelu", into=(128,), out=(128,)),
        Example("prelu(num_parameters=16)", into=(16, 8, 8), out=(16, 8, 8)),
    )

    num_parameters: Annotated[PositiveInt, Field(description="1 slope for all, or one for each channel")] = 1
    init: Annotated[float, Field(description="the slope that it starts with")] = 0.25

    def infer(self, x: Shape) -> Shape:
        channels = x.channels if x.rank else 1
        if self.num_parameters not in (1, channels):
            reason = f"`prelu` has 1 slope or one for each of {channels} channels, not {self.num_parameters}"
            raise MisfitError(reason, argument="num_parameters", help=f"prelu(num_parameters={channels})")
        return x

    def channels(self, ties: Ties, x: Value) -> Channels:
        if self.num_parameters == 1:
            return Channels((x.axes,))
        return Channels((x.axes,), {"weight": (x.axes[0],)}, {"num_parameters": Count(x.axes[0])})

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        return nn.PReLU(self.num_parameters, self.init)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.num_parameters,)}
