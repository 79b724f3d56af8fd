"""Kullback-Leibler divergence of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.losses._outputs import OfClasses

if TYPE_CHECKING:
    from torch import Tensor, nn


class KLDiv(OfClasses):
    """The divergence of the network's probabilities from the target's, summed over classes: torch.nn.KLDivLoss.

    The network gives the logarithm of each class's probability, so it ends with `log_softmax`. The target is certain
    of its class, so the divergence is the same as `nll`.
    """

    after: ClassVar = ("log_softmax",)
    torch_names: ClassVar = ("torch.nn.KLDivLoss",)
    aliases: ClassVar = (
        "kld",
        "kl_divergence",
        "kullback_leibler",
    )
    examples: ClassVar = (Example("kl_div"),)

    def build(self, classes: Mapping[str, int]) -> nn.Module:
        from torch import nn

        from netspec.modules.losses import Converted, indicators

        return Converted(nn.KLDivLoss(reduction="batchmean"), indicators)

    def probabilities(self, output: Tensor) -> Tensor:
        # their logarithms are rounded, and what is left of 1 next to a large one is lost in it
        return output.softmax(1)
