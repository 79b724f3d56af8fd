"""Schedules that go from one learning rate to another along a curve."""

from __future__ import annotations

from math import cos, pi
from typing import Annotated, Literal

from pydantic import Field

from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule


def half_wave(progress: float) -> float:
    """Half a cosine wave from 1 to 0."""
    return (1 + cos(pi * progress)) / 2


HALF_WAVE = f"{__name__}.half_wave"
"""The function that scripts have a copy of."""


class Decay(Schedule):
    """A way from the learning rate that it takes to the one it leads to; a subclass says which curve it follows."""

    to: Annotated[float, Field(ge=0, description="the learning rate that it leads to")] = 0.0
    by: Annotated[
        Literal["step", "epoch"],
        Field(description="whether the learning rate changes with each step, or with each epoch of its own"),
    ] = "step"

    def left(self, progress: float) -> float:
        """Which share of the way is left at a share of the time, both from 0 to 1."""
        raise NotImplementedError

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        if step >= clock.total:
            return self.to
        reached = step - step % clock.epoch if self.by == "epoch" else step
        return self.to + (lr - self.to) * self.left(reached / clock.total)

    def python_left(self, progress: str) -> Python | None:
        """`left` as an expression; None if a script has no code for it."""
        return None

    def python(self, clock: Clock) -> Python | None:
        reached = f"(step - step % {clock.epoch})" if self.by == "epoch" else "step"
        left = self.python_left(f"{reached} / {clock.total}")
        if left is None:
            return None
        return Python(f"{self.to!r} + (lr - {self.to!r}) * {left.text}", left.copied)
