"""The sums of absolute values and of squares of weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.penalties import Penalty

if TYPE_CHECKING:
    from torch import Tensor


class Elastic(Penalty):
    """Both penalties at once, each with a strength of its own (Zou and Hastie, 2005).

    They are `l1` times the sum of the absolute values of the weights, and `l2` times the sum of their squares.
    """

    examples: ClassVar = (Example("elastic(l1=1e-5, l2=1e-4)"),)

    l1: Annotated[float, Field(ge=0, description="what an absolute value of 1 costs")]
    l2: Annotated[float, Field(ge=0, description="what a square of 1 costs")]

    def compute(self, weights: Iterable[Tensor]) -> Tensor:
        import torch

        costs = [self.l1 * weight.abs().sum() + self.l2 * weight.square().sum() for weight in weights]
        return torch.stack(costs).sum()
