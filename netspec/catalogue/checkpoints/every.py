"""Save at a steady pace."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.checkpoints import Checkpoint
from netspec.catalogue.entry import Example
from netspec.catalogue.values import Pace, PositiveInt, Quantity


class Every(Checkpoint):
    """Save after every so many epochs, steps or minutes, and keep the newest ones, the best and the last.

    What is saved within an epoch is saved at its end too, so that no epoch is judged in vain.
    """

    positional: ClassVar = ("interval",)
    examples: ClassVar = (Example("every(1 epoch, keep=2)"), Example("every(500 steps)"), Example("every(10 minutes)"))

    interval: Annotated[Pace, Field(description="the pace")] = Quantity(1, "epochs")
    keep: Annotated[PositiveInt, Field(description="how many of the newest to keep")] = 2

    def is_due(self, epoch: int) -> bool:
        return self.interval.unit != "epochs" or epoch % self.interval.number == 0

    def is_due_within(self, step: int, seconds: float) -> bool:
        if self.interval.unit == "minutes":
            return seconds >= self.interval.seconds
        return self.interval.unit == "steps" and step % self.interval.number == 0

    def kept(self) -> int:
        return self.keep
