"""Hinge loss of two sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfEach

if TYPE_CHECKING:
    from torch import nn


class Hinge(OfEach):
    """max(0, 1 - y x) of each output x, where y is 1 for the sample's class and -1 for others.

    The network gives one number for each class. Of two classes it may give one, which above 0 stands for the second
    class.
    """

    aliases: ClassVar = (
        "svm",
        "categorical_hinge",
    )
    examples: ClassVar = (
        Example("hinge"),
        Example("hinge(squared=true)"),
    )

    squared: Annotated[bool, Field(description="whether its square is taken")] = False

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from netspec.modules.losses import Converted, HingeLoss, signs

        return Converted(HingeLoss(self.squared), signs)
