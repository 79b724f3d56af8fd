"""Steps down at given times."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python, literal
from netspec.catalogue.schedules import Clock, Schedule
from netspec.catalogue.values import Duration, Quantity


class MultiStep(Schedule):
    """Multiply the learning rate by `gamma` at each of some times, which count from where it begins.

    torch.optim.lr_scheduler.MultiStepLR, where `at` are the `milestones`.
    """

    positional: ClassVar = ("at",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.MultiStepLR",)
    unlike_torch: ClassVar = {"milestones": "`at`"}
    examples: ClassVar = (Example("multi_step([30 epochs, 60 epochs], gamma=0.1)"),)

    at: Annotated[tuple[Duration, ...], Field(min_length=1, description="when the learning rate is multiplied")]
    gamma: Annotated[float, Field(gt=0, description="factor of each time")] = 0.1

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr * self.gamma ** sum(clock.steps(when) <= step for when in self.at)

    def changes(self) -> tuple[Quantity, ...]:
        return self.at

    def python(self, clock: Clock) -> Python:
        times = literal(tuple(map(clock.steps, self.at)))
        return Python(f"lr * {self.gamma!r} ** sum(when <= step for when in {times})")
