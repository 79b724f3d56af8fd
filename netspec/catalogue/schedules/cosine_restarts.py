"""Half cosine waves, one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock
from netspec.catalogue.schedules._decay import HALF_WAVE, Decay, half_wave
from netspec.catalogue.values import Duration, PositiveInt, Quantity


class CosineRestarts(Decay):
    """Go to another learning rate along half a cosine wave, and begin anew with the first one each time.

    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, where `every` is `T_0`, `mult` is `T_mult` and `to` is
    `eta_min`. What is stepped once in an epoch there is `by=epoch` here.

    Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017.
    """

    positional: ClassVar = ("every",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",)
    aliases: ClassVar = (
        "sgdr",
        "warm_restarts",
    )
    unlike_torch: ClassVar = {"T_0": "`every`", "T_mult": "`mult`", "eta_min": "`to`"}
    examples: ClassVar = (Example("cosine_restarts(10 epochs)"), Example("cosine_restarts(5 epochs, mult=2, to=1e-5)"))

    every: Annotated[Duration, Field(description="how long the first wave is")]
    mult: Annotated[PositiveInt, Field(description="how many times as long each wave is as the one before it")] = 1

    def left(self, progress: float) -> float:
        return half_wave(progress)

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        # at the end it is what the last wave leads to, and doesn't begin anew
        start, length = self._wave(min(step, clock.total - 1), clock.steps(self.every))
        return super().rate(lr, step - start, replace(clock, total=length))

    def _wave(self, step: int, length: int) -> tuple[int, int]:
        """When the wave of a step began, and how long it is."""
        if self.mult == 1:
            return step - step % length, length
        start = 0
        while step >= start + length:
            start, length = start + length, length * self.mult
        return start, length

    def changes(self) -> tuple[Quantity, ...]:
        return (self.every,)

    def python(self, clock: Clock) -> Python | None:
        if self.mult > 1:
            return None
        length = clock.steps(self.every)
        reached = f"step % {length} - step % {length} % {clock.epoch}" if self.by == "epoch" else f"step % {length}"
        wave = f"half_wave(({reached}) / {length})"
        return Python(f"{self.to!r} + (lr - {self.to!r}) * {wave}", (HALF_WAVE,))
