"""Loss of the order of two numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses._outputs import require_two_classes
from netspec.catalogue.targets import Target
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class MarginRanking(Loss):
    """How far the first of two numbers isn't above the second, or below it, by a margin: torch.nn.MarginRankingLoss.

    The network gives both numbers, as `concat(left, right)` does; the second class is that of pairs whose first number
    is to be the larger one.
    """

    torch_names: ClassVar = ("torch.nn.MarginRankingLoss",)
    examples: ClassVar = (
        Example("margin_ranking"),
        Example("margin_ranking(margin=1)"),
    )

    margin: Annotated[float, Field(ge=0, description="how far apart the numbers are to be")] = 0.0

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        require_two_classes(self, target)
        return {Shape.of(2): "two numbers to compare"}

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import PairLoss

        return PairLoss(nn.MarginRankingLoss(margin=self.margin))

    def decide(self, output: Tensor, target: Target) -> Tensor:
        return (output[:, 0] > output[:, 1]).long()

    def python_decision(self, target: Target, output: Shape) -> str:
        return "(output[:, 0] > output[:, 1]).long()"
