"""A learning rate that falls by the same share all the time."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule


class Exponential(Schedule):
    """Multiply the learning rate by `gamma` in the course of each epoch, by a root of it with each step.

    At the beginning of an epoch it is what torch.optim.lr_scheduler.ExponentialLR has for all of the epoch, which is
    `step(1 epoch, gamma=…)`.
    """

    positional: ClassVar = ("gamma",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.ExponentialLR",)
    aliases: ClassVar = (
        "exponential_decay",
        "exp_decay",
    )
    examples: ClassVar = (Example("exponential(0.95)"),)

    gamma: Annotated[float, Field(gt=0, description="factor of an epoch")]

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr * self.gamma ** (step / clock.epoch)

    def python(self, clock: Clock) -> Python:
        return Python(f"lr * {self.gamma!r} ** (step / {clock.epoch})")
