"""Cross-entropy of two classes from one output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses import Loss
from netspec.catalogue.types import Classes, Target
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import Tensor, nn


class BinaryCrossEntropyWithLogits(Loss):
    """Cross-entropy between the sigmoid of one output and a target of 0 or 1: torch.nn.BCEWithLogitsLoss.

    The network gives one number, before any sigmoid; above 0 it stands for the second class.
    """

    takes: ClassVar = "one number"
    activation: ClassVar = "sigmoid"
    examples: ClassVar = (
        Example("binary_cross_entropy_with_logits"),
        Example("binary_cross_entropy_with_logits(pos_weight=3)"),
    )

    pos_weight: Annotated[
        float, Field(gt=0, description="weight of the samples of the second class against those of the first")
    ] = 1.0

    def output(self, target: Target) -> Shape:
        if not isinstance(target, Classes):
            raise Misfit(f"`{self.name()}` is for two classes, and the targets are numbers")
        if target.count != 2:
            raise Misfit(f"`{self.name()}` is for two classes, and the data has {target.count}")
        return Shape.of(1)

    def build(self) -> nn.Module:
        import torch
        from torch import nn

        return nn.BCEWithLogitsLoss(pos_weight=torch.tensor(self.pos_weight))

    def prepare(self, targets: Tensor) -> Tensor:
        return targets.float().unsqueeze(1)

    def decide(self, output: Tensor) -> Tensor:
        return (output.squeeze(1) > 0).long()

    def probabilities(self, output: Tensor) -> Tensor:
        import torch

        return torch.cat((torch.sigmoid(-output), torch.sigmoid(output)), dim=1)
