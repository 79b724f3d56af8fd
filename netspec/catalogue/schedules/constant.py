"""A learning rate that stays."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.schedules import Clock, Schedule


class Constant(Schedule):
    """Leave the learning rate as it is, for a while between other parts or to the end."""

    examples: ClassVar = (Example("constant(10 epochs)"),)

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr
