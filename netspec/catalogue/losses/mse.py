"""Mean squared error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfDifferences

if TYPE_CHECKING:
    from torch import nn


class MSE(OfDifferences):
    """The mean of the squared differences between outputs and targets: torch.nn.MSELoss.

    Of classes, the targets are 1 for the sample's class and 0 for the others. Of two classes the network may give one
    number, which stands for the second class above 0.5.
    """

    common: ClassVar = 3
    torch_names: ClassVar = ("torch.nn.MSELoss",)
    aliases: ClassVar = (
        "mean_squared_error",
        "l2_error",
        "squared_error",
    )
    examples: ClassVar = (Example("mse"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.MSELoss(), indicators)
