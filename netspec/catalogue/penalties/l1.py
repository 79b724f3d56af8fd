"""The sum of the absolute values of weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.penalties import Penalty

if TYPE_CHECKING:
    from torch import Tensor


class L1(Penalty):
    """The sum of the absolute values of the weights, times `strength`; it makes weights sparse."""

    positional: ClassVar = ("strength",)
    examples: ClassVar = (Example("l1(1e-5)"), Example('l1(1e-4, on=":conv:weight")'))

    strength: Annotated[float, Field(ge=0, description="what an absolute value of 1 costs")]

    def compute(self, weights: Iterable[Tensor]) -> Tensor:
        import torch

        return self.strength * torch.stack([weight.abs().sum() for weight in weights]).sum()
