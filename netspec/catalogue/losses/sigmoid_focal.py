"""Focal loss of the sigmoids of outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfLogits

if TYPE_CHECKING:
    from torch import nn


class SigmoidFocal(OfLogits):
    """Cross-entropy of the sigmoid of each output, less of what is sure: torchvision.ops.sigmoid_focal_loss.

    The network gives one number for each class, before any sigmoid. Of two classes it may give one, which above 0
    stands for the second class.
    """

    torch_names: ClassVar = ("torchvision.ops.sigmoid_focal_loss",)
    aliases: ClassVar = (
        "binary_focal",
        "binary_focal_crossentropy",
    )
    examples: ClassVar = (
        Example("sigmoid_focal"),
        Example("sigmoid_focal(alpha=none, gamma=1)"),
    )

    alpha: Annotated[
        float | None,
        Field(ge=0, le=1, description="what an output's own class counts, the others the rest of 1; none is 1 for all"),
    ] = 0.25
    gamma: Annotated[float, Field(ge=0, description="how much less what is sure counts")] = 2.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from netspec.modules.losses import Converted, SigmoidFocalLoss, signs

        return Converted(SigmoidFocalLoss(self.gamma, self.alpha), signs)
