"""Cross-entropy of the sigmoids of outputs, their mean over classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._weighted import Weighted

if TYPE_CHECKING:
    from torch import Tensor, nn


class MultiLabelSoftMargin(Weighted):
    """Cross-entropy of the sigmoid of each output, the mean over classes: torch.nn.MultiLabelSoftMarginLoss.

    The network gives one number for each class, before any sigmoid. With one label for each sample it is the same as
    `binary_cross_entropy_with_logits`.
    """

    activation: ClassVar = "sigmoid"
    torch_names: ClassVar = ("torch.nn.MultiLabelSoftMarginLoss",)
    examples: ClassVar = (Example("multilabel_soft_margin"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.MultiLabelSoftMarginLoss(weight=self.weights(classes)), indicators)

    def probabilities(self, output: Tensor) -> Tensor:
        from torch.nn.functional import logsigmoid

        return logsigmoid(output).softmax(1)
