"""Logistic loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfLogits

if TYPE_CHECKING:
    from torch import nn


class SoftMargin(OfLogits):
    """log(1 + exp(-y x)) of each output x; y is 1 for the sample's class and -1 for others: torch.nn.SoftMarginLoss.

    The network gives one number for each class. Of two classes it may give one, which above 0 stands for the second
    class.
    """

    torch_names: ClassVar = ("torch.nn.SoftMarginLoss",)
    examples: ClassVar = (Example("soft_margin"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, signs

        return Converted(nn.SoftMarginLoss(), signs)
