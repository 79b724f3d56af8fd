"""Cross-entropy of probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfEach
from netspec.catalogue.losses._weighted import ClassWeights

if TYPE_CHECKING:
    from torch import Tensor, nn


class BinaryCrossEntropy(ClassWeights, OfEach):
    """Cross-entropy between a probability for each class and 1 for the sample's class, 0 for others: torch.nn.BCELoss.

    The network gives probabilities, so it ends with `sigmoid`; `binary_cross_entropy_with_logits` does both at once and
    is more exact. Of two classes it may give one number, the probability of the second class. Numbers below 0 count
    as 0, above 1 as 1. With `weight` the loss is the mean over the samples, each with the weight of its class.
    """

    after: ClassVar = ("sigmoid", "hardsigmoid", "softmax", "softmin")
    middle: ClassVar = 0.5
    torch_names: ClassVar = ("torch.nn.BCELoss",)
    aliases: ClassVar = ("binary_crossentropy",)
    examples: ClassVar = (Example("binary_cross_entropy"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from netspec.modules.losses import BoundedBCELoss, ClassWeighted, Converted, indicators

        weight = self.weights(classes)
        if weight is None:
            return Converted(BoundedBCELoss(), indicators)
        return ClassWeighted(BoundedBCELoss(reduction="none"), indicators, weight)

    def probabilities(self, output: Tensor) -> Tensor:
        from torch import cat, finfo

        if output.shape[1] == 1:
            return cat((1 - output, output), dim=1)
        # they sum to 1 only if the network says so; where all are 0, each is as likely as the others
        above = output + finfo(output.dtype).tiny
        return above / above.sum(1, keepdim=True)
