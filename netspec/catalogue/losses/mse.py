"""Mean squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.types import Number, Target
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class MSE(Loss):
    """The mean of the squared differences between outputs and targets: torch.nn.MSELoss."""

    takes: ClassVar = "the number to predict"
    examples: ClassVar = (Example("mse"),)

    def output(self, target: Target) -> Shape:
        if not isinstance(target, Number):
            raise Misfit(f"`mse` is for numbers, and the targets are {target.count} classes")
        return Shape.of(1)

    def build(self) -> nn.Module:
        from torch import nn

        return nn.MSELoss()

    def prepare(self, targets: Tensor) -> Tensor:
        return targets.float().unsqueeze(1)
