"""Steps down where a measured value no longer gets better."""

from __future__ import annotations

from math import inf
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.monitors import Mode, Monitor, larger_is_better
from netspec.catalogue.schedules import Clock, Schedule
from netspec.catalogue.values import Epochs, Quantity


class Plateau(Schedule):
    """Multiply the learning rate by `factor` when a measured value hasn't got better for more than some epochs.

    torch.optim.lr_scheduler.ReduceLROnPlateau. What it does follows from the values of the epochs alone.
    """

    positional: ClassVar = ("monitor",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.ReduceLROnPlateau",)
    aliases: ClassVar = ("reduce_on_plateau",)
    unlike_torch: ClassVar = {
        "mode": "known from the name of the value",
        "patience": "with its unit, and 0 is none",
        "cooldown": "with its unit, and 0 is none",
    }
    examples: ClassVar = (
        Example("plateau(validation.loss, factor=0.5, patience=5 epochs)"),
        Example("plateau(validation.accuracy, min_lr=1e-5)"),
    )

    monitor: Monitor = "validation.loss"
    factor: Annotated[float, Field(gt=0, lt=1, description="factor of each time")] = 0.1
    patience: Annotated[
        Epochs | None, Field(description="how many epochs in a row may have no better value; none is not one")
    ] = Quantity(10, "epochs")
    threshold: Annotated[float, Field(ge=0, description="a value that is better by this or less isn't better")] = 1e-4
    threshold_mode: Annotated[
        Literal["rel", "abs"], Field(description="whether that is a share of the best value, or a difference")
    ] = "rel"
    cooldown: Annotated[Epochs | None, Field(description="how many epochs after each time aren't counted")] = None
    min_lr: Annotated[float, Field(ge=0, description="the learning rate that it doesn't go below")] = 0.0
    eps: Annotated[float, Field(ge=0, description="a change of the learning rate by this or less isn't made")] = 1e-8
    mode: Mode = "auto"

    def watched(self) -> str:
        return self.monitor

    def acts_after(self) -> int:
        # the first epoch is the best one, and one more than the patience has to pass after it
        return _epochs(self.patience) + 2

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        for _ in range(self._times([values[self.monitor] for values in clock.history])):
            lower = max(lr * self.factor, self.min_lr)
            lr = lower if lr - lower > self.eps else lr
        return lr

    def _times(self, values: list[float]) -> int:
        """How often it steps down on the way."""
        sign = -1.0 if larger_is_better(self.monitor, self.mode) else 1.0
        best, waited, resting, times = sign * inf, 0, 0, 0
        for value in values:
            better = sign * value < sign * self._bar(best, sign)
            best, waited = (value, 0) if better else (best, waited + 1)
            if resting:
                resting, waited = resting - 1, 0
            if waited > _epochs(self.patience):
                times, waited, resting = times + 1, 0, _epochs(self.cooldown)
        return times

    def _bar(self, best: float, sign: float) -> float:
        """What a value has to be beyond to be better."""
        return best * (1 - sign * self.threshold) if self.threshold_mode == "rel" else best - sign * self.threshold


def _epochs(duration: Quantity | None) -> int:
    return 0 if duration is None else int(duration.number)
