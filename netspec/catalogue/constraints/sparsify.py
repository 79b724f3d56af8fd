"""Weights that become zero, more and more of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.constraints.keep_zeros import KeepZeros
from netspec.catalogue.entry import Example
from netspec.catalogue.values import Epochs, Share

if TYPE_CHECKING:
    from torch import Tensor

TIMES = 50
"""How often more weights become zero until all do that shall."""


class Sparsify(KeepZeros):
    """Set the weights of the smallest magnitude to zero, more and more of them in the first epochs.

    What is zero stays zero. The share grows fast at first and then more and more slowly: after the part t of the epochs
    it is amount * (1 - (1 - t)^3) (Zhu and Gupta, 2017, To Prune, or Not to Prune).
    """

    positional: ClassVar = ("amount",)
    aliases: ClassVar = ("gradual_pruning", "magnitude_pruning", "polynomial_decay_pruning")
    examples: ClassVar = (
        Example("sparsify(90%, over=3 epochs)"),
        Example('sparsify(80%, over=5 epochs, scope=layer, on=":conv:weight")'),
    )

    amount: Annotated[Share, Field(description="how many of the weights are zero in the end")]
    over: Annotated[Epochs, Field(description="the first epochs, after which all are zero that shall")]
    scope: Annotated[
        Literal["global", "layer"],
        Field(description="whether the smallest of all layers become zero, or as many of each layer"),
    ] = "global"

    def holder(self, weights: Sequence[Tensor], epochs: float, step: float) -> Callable[[], None]:
        from netspec.modules.sparsity import magnitude_masks, share_at

        keep = super().holder(weights, epochs, step)
        due, before = self._count(epochs), self._count(epochs - step)

        def project() -> None:
            keep()
            if due == before:
                return
            share = share_at(self.amount.share, due / TIMES)
            named = {str(place): weight for place, weight in enumerate(weights)}
            masks = magnitude_masks(named, share, per_layer=self.scope == "layer")
            for name, mask in masks.items():
                named[name].masked_fill_(~mask, 0)

        return project

    def _count(self, epochs: float) -> int:
        """How often weights have become zero after so many epochs."""
        # a hair more, since epochs are sums of steps
        return min(TIMES, int(TIMES * epochs / self.over.number + 1e-9))
