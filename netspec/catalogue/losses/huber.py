"""Squared error near the target, absolute error far from it, of one slope for any delta."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfDifferences

if TYPE_CHECKING:
    from torch import nn


class Huber(OfDifferences):
    """Half the squared differences where they are small, absolute ones where they are large: torch.nn.HuberLoss.

    Of classes, the targets are 1 for the sample's class and 0 for the others. Of two classes the network may give one
    number, which stands for the second class above 0.5.
    """

    torch_names: ClassVar = ("torch.nn.HuberLoss",)
    examples: ClassVar = (
        Example("huber"),
        Example("huber(delta=2)"),
    )

    delta: Annotated[float, Field(gt=0, description="the difference at which the one goes over into the other")] = 1.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.HuberLoss(delta=self.delta), indicators)
