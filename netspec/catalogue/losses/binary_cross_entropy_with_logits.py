"""Cross-entropy of the sigmoids of outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfLogits

if TYPE_CHECKING:
    from torch import nn


class BinaryCrossEntropyWithLogits(OfLogits):
    """Cross-entropy between the sigmoid of each output and 1 for the class, 0 for others: torch.nn.BCEWithLogitsLoss.

    The network gives one number for each class, before any sigmoid. Of two classes it may give one, which above 0
    stands for the second class.
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
    )

    pos_weight: Annotated[
        float, Field(gt=0, description="what an output's samples that are of its class count, against the others")
    ] = 1.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn, tensor

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.BCEWithLogitsLoss(pos_weight=tensor(self.pos_weight)), indicators)
