"""Negative log-likelihood of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._weighted import Weighted

if TYPE_CHECKING:
    from torch import Tensor, nn


class NLL(Weighted):
    """Minus the output of the right class: torch.nn.NLLLoss.

    The network gives the logarithm of each class's probability, so it ends with `log_softmax`; `cross_entropy` does
    both at once.
    """

    after: ClassVar = ("log_softmax",)
    torch_names: ClassVar = ("torch.nn.NLLLoss",)
    aliases: ClassVar = ("negative_log_likelihood",)
    examples: ClassVar = (Example("nll"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        return nn.NLLLoss(weight=self.weights(classes))

    def probabilities(self, output: Tensor) -> Tensor:
        # their logarithms are rounded, and what is left of 1 next to a large one is lost in it
        return output.softmax(1)
