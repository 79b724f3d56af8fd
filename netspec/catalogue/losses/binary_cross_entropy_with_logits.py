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

    examples: ClassVar = (
        Example("binary_cross_entropy_with_logits"),
        Example("binary_cross_entropy_with_logits(pos_weight=3)"),
    )

    pos_weight: Annotated[
        float, Field(gt=0, description="weight of the samples of the second class against those of the first")
    ] = 1.0

    def accept(self, output: Shape, target: Target) -> None:
        if not isinstance(target, Classes):
            raise Misfit(
                "`binary_cross_entropy_with_logits` is for two classes, and the targets are numbers", help="loss = mse"
            )
        if target.count != 2:
            raise Misfit(
                f"`binary_cross_entropy_with_logits` is for two classes, and the data has {target.count}",
                help="loss = cross_entropy",
            )
        if output != Shape.of(1):
            raise Misfit(
                f"`binary_cross_entropy_with_logits` takes one output, [1], and the network gives {output}",
                argument="size",
                help="`cross_entropy` takes two outputs for two classes" if output == Shape.of(2) else None,
            )

    def build(self) -> nn.Module:
        import torch
        from torch import nn

        return nn.BCEWithLogitsLoss(pos_weight=torch.tensor(self.pos_weight))

    def prepare(self, targets: Tensor) -> Tensor:
        return targets.float().unsqueeze(1)

    def decide(self, output: Tensor) -> Tensor:
        return (output.squeeze(1) > 0).long()
