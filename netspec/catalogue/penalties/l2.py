"""The sum of the squares of weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.penalties import Penalty

if TYPE_CHECKING:
    from torch import Tensor


class L2(Penalty):
    """The sum of the squares of the weights, times `strength`: it keeps weights small.

    With plain SGD `l2(s)` does what a weight decay of `2 * s` does.
    """

    positional: ClassVar = ("strength",)
    examples: ClassVar = (Example("l2(1e-4)"), Example('l2(1e-4, on=["body", "!*:bias"])'))

    strength: Annotated[float, Field(ge=0, description="what a square of 1 costs")]

    def compute(self, weights: Iterable[Tensor]) -> Tensor:
        import torch

        return self.strength * torch.stack([weight.square().sum() for weight in weights]).sum()
