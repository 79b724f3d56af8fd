"""Cross-entropy of the sigmoids of outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfLogits
from netspec.catalogue.losses._weighted import ClassWeights

if TYPE_CHECKING:
    from torch import nn


class BinaryCrossEntropyWithLogits(ClassWeights, OfLogits):
    """Cross-entropy between the sigmoid of each output and 1 for the class, 0 for others: torch.nn.BCEWithLogitsLoss.

    The network gives one number for each class, before any sigmoid. Of two classes it may give one, which above 0
    stands for the second class.

    `pos_weight=balanced` is the number of training samples of other classes for each one of the class. With `weight`
    the loss is the mean over the samples, each with the weight of its class, as `cross_entropy` computes it.
    """

    common: ClassVar = 2
    torch_names: ClassVar = ("torch.nn.BCEWithLogitsLoss",)
    aliases: ClassVar = (
        "bce",
        "bce_with_logits",
    )
    examples: ClassVar = (
        Example("binary_cross_entropy_with_logits"),
        Example("binary_cross_entropy_with_logits(pos_weight=3)"),
        Example("binary_cross_entropy_with_logits(pos_weight=balanced)"),
        Example("binary_cross_entropy_with_logits(weight=balanced)"),
    )

    pos_weight: Annotated[
        Annotated[float, Field(gt=0)] | Literal["balanced"],
        Field(description="what an output's samples that are of its class count, against the others"),
    ] = 1.0

    @property
    def measured(self) -> str | None:
        return "pos_weight" if self.pos_weight == "balanced" else super().measured

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import tensor

        from netspec.modules.losses import ClassWeighted, Converted, PosWeightedBCELoss, indicators

        total = sum(classes.values())
        balanced = [(total - count) / max(count, 1) for count in classes.values()]
        pos_weight = tensor(balanced if self.pos_weight == "balanced" else [self.pos_weight])
        weight = self.weights(classes)
        if weight is None:
            return Converted(PosWeightedBCELoss(pos_weight), indicators)
        return ClassWeighted(PosWeightedBCELoss(pos_weight, reduction="none"), indicators, weight)
