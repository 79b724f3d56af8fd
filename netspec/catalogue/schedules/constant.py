"""A learning rate that stays."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule


class Constant(Schedule):
    """Leave the learning rate as it is, or at a part of it, for a while; then it is whole again.

    torch.optim.lr_scheduler.ConstantLR, where `over` is `total_iters`.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.ConstantLR",)
    unlike_torch: ClassVar = {"factor": "1, for a time between two others", "total_iters": "`over`"}
    examples: ClassVar = (Example("constant(10 epochs)"), Example("constant(5 epochs, factor=0.1)"))

    factor: Annotated[float, Field(gt=0, description="part of the learning rate")] = 1.0

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr if step >= clock.total else lr * self.factor

    def python(self, clock: Clock) -> Python:
        return Python(f"lr * {self.factor!r}")
