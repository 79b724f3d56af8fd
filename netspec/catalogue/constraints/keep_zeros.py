"""Zeros of weights that stay zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import Example

if TYPE_CHECKING:
    from torch import Tensor


class KeepZeros(Constraint):
    """Keep the elements of weights at 0 that are 0 before a step, as pruned weights are.

    Pruned weights stay pruned in fine-tuning, whatever the optimizer does. A tensor that starts with zeros doesn't
    learn under it.
    """

    positional: ClassVar = ("on",)
    aliases: ClassVar = (
        "sparse",
        "prune_mask",
    )
    examples: ClassVar = (Example("keep_zeros"), Example('keep_zeros(":linear:weight")'))

    def holder(self, weights: Sequence[Tensor], epochs: float, step: float) -> Callable[[], None]:
        zeros = [weight == 0 for weight in weights]

        def project() -> None:
            for weight, zero in zip(weights, zeros, strict=True):
                weight.masked_fill_(zero, 0)

        return project
