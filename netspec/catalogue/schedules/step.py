"""Steps down at equal distances."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule
from netspec.catalogue.values import Duration, Quantity


class Step(Schedule):
    """Multiply the learning rate by `gamma` every so often.

    torch.optim.lr_scheduler.StepLR, where `every` is `step_size`.
    """

    positional: ClassVar = ("every",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.StepLR",)
    aliases: ClassVar = ("step_decay",)
    unlike_torch: ClassVar = {"step_size": "`every`"}
    examples: ClassVar = (Example("step(30 epochs, gamma=0.1)"), Example("step(1000 steps, gamma=0.5)"))

    every: Annotated[Duration, Field(description="how long it stays as it is")]
    gamma: Annotated[float, Field(gt=0, description="factor of each time")] = 0.1

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr * self.gamma ** (step // clock.steps(self.every))

    def changes(self) -> tuple[Quantity, ...]:
        return (self.every,)

    def python(self, clock: Clock) -> Python:
        return Python(f"lr * {self.gamma!r} ** (step // {clock.steps(self.every)})")
