"""Hinge loss of classes, for lists of labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfClasses

if TYPE_CHECKING:
    from torch import nn


class MultiLabelMargin(OfClasses):
    """How far the output of the right class isn't above each other by 1: torch.nn.MultiLabelMarginLoss.

    The network gives one number for each class, of any size. With one label for each sample it is the same as
    `multi_margin`.
    """

    torch_names: ClassVar = ("torch.nn.MultiLabelMarginLoss",)
    examples: ClassVar = (Example("multilabel_margin"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, first_labels

        return Converted(nn.MultiLabelMarginLoss(), first_labels)
