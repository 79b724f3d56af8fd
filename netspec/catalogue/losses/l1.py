"""Mean absolute error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfDifferences

if TYPE_CHECKING:
    from torch import nn


class L1(OfDifferences):
    """The mean of the absolute differences between outputs and targets: torch.nn.L1Loss.

    Of classes, the targets are 1 for the sample's class and 0 for the others. Of two classes the network may give one
    number, which stands for the second class above 0.5.
    """

    penalty: ClassVar = "l1"
    torch_names: ClassVar = ("torch.nn.L1Loss",)
    aliases: ClassVar = (
        "mae",
        "mean_absolute_error",
        "absolute_error",
    )
    examples: ClassVar = (Example("l1"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.L1Loss(), indicators)
