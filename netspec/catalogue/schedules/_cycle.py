"""Schedules that let the momentum fall while the learning rate rises, and rise while it falls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock, Schedule

BaseMomentum = Annotated[float, Field(ge=0, lt=1, description="the momentum at the top of the learning rate")]
MaxMomentum = Annotated[float, Field(ge=0, lt=1, description="the momentum at the bottom of the learning rate")]


class Cycle(Schedule):
    """A learning rate that goes up and down, and a momentum that goes the other way; a subclass says how high it is."""

    cycle_momentum: Annotated[
        bool, Field(description="move the momentum too, the first of `betas` where there are these")
    ] = True
    base_momentum: BaseMomentum
    max_momentum: MaxMomentum

    def height(self, step: int, clock: Clock) -> float:
        """How high it is at a step of its own: 0 at the bottom and 1 at the top."""
        raise NotImplementedError

    def momentum(self, step: int, clock: Clock) -> float | None:
        if not self.cycle_momentum:
            return None
        return self.max_momentum - (self.max_momentum - self.base_momentum) * self.height(step, clock)

    @property
    def moves_momentum(self) -> bool:
        return self.cycle_momentum

    def python_height(self, clock: Clock) -> Python:
        """`height` as an expression of `step`."""
        raise NotImplementedError

    def python_momentum(self, clock: Clock) -> Python:
        height = self.python_height(clock)
        span = self.max_momentum - self.base_momentum
        return Python(f"{self.max_momentum!r} - {span!r} * {height.text}", height.copied)
