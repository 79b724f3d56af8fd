"""Focal loss of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._weighted import Weighted

if TYPE_CHECKING:
    from torch import Tensor, nn


class Focal(Weighted):
    """Cross-entropy times (1 - p) ** gamma, where p is the probability of the right class: what is sure counts less.

    The network gives one number for each class, before any softmax. It is for classes of which some are rare or hard.
    """

    aliases: ClassVar = ("focal_loss",)
    activation: ClassVar = "softmax"
    examples: ClassVar = (
        Example("focal"),
        Example("focal(gamma=1.5)"),
    )

    gamma: Annotated[float, Field(ge=0, description="how much less what is sure counts; 0 is cross-entropy")] = 2.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from netspec.modules.losses import FocalLoss

        return FocalLoss(self.gamma, self.weights(classes))

    def probabilities(self, output: Tensor) -> Tensor:
        return output.softmax(1)
