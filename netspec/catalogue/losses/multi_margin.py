"""Hinge loss of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._weighted import Weighted

if TYPE_CHECKING:
    from torch import nn


class MultiMargin(Weighted):
    """How far the output of the right class isn't above each other by a margin: torch.nn.MultiMarginLoss.

    The network gives one number for each class, of any size.
    """

    torch_names: ClassVar = ("torch.nn.MultiMarginLoss",)
    examples: ClassVar = (
        Example("multi_margin"),
        Example("multi_margin(p=2, margin=0.5)"),
    )

    p: Annotated[Literal[1, 2], Field(description="1 sums what is missing to the margin, 2 its squares")] = 1
    margin: Annotated[float, Field(ge=0, description="how far above the others the right one is to be")] = 1.0

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        return nn.MultiMarginLoss(p=self.p, margin=self.margin, weight=self.weights(classes))
