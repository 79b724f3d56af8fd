"""Stochastic weight averaging."""

from __future__ import annotations

from math import ceil
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.values import PositiveInt, Share
from netspec.catalogue.weight_averages import Average


class SWA(Average):
    """The equal mean of the weights after some of the last steps (Izmailov and others, 2018).

    Until then the weights themselves are evaluated. The running means and variances of normalization layers are
    measured again for the mean, by a pass over the training samples. It is often used with a constant learning rate at
    the end.
    """

    examples: ClassVar = (Example("swa(start=75%)"), Example("swa(start=50%, every=20)"))
    torch_names: ClassVar = ("torch.optim.swa_utils.AveragedModel",)

    start: Annotated[Share, Field(description="the share of the steps before the first weights that count")]
    every: Annotated[PositiveInt, Field(description="each how many steps the weights count")] = 1

    def begins(self, steps: int) -> bool:
        return ceil(self.start.share * steps) < steps

    def weight(self, step: int, steps: int) -> float | None:
        behind = step - ceil(self.start.share * steps)
        return None if behind < 0 or behind % self.every else 1 / (behind // self.every + 1)
