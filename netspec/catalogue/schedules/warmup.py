"""A rise of the learning rate at the beginning."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule
from netspec.shapes import MisfitError


class Warmup(Schedule):
    """Rise from `start` to the optimizer's learning rate in a straight line, a little with each step.

    The first step is taken at `start`: at 0 it leaves the weights as they are. How long it runs has to be said.
    """

    aliases: ClassVar = ("linear_warmup_lr",)
    examples: ClassVar = (Example("warmup(2 epochs)"), Example("warmup(500 steps, start=1e-6)"))

    start: Annotated[float, Field(ge=0, description="the learning rate of the first step")] = 0.0

    def check(self) -> None:
        if self.over is None:
            raise MisfitError("a warmup is told how long it runs", argument="over", help="warmup(2 epochs)")

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr if step >= clock.total else self.start + (lr - self.start) * (step / clock.total)

    def python(self, clock: Clock) -> Python:
        return Python(f"{self.start!r} + (lr - {self.start!r}) * (step / {clock.total})")
