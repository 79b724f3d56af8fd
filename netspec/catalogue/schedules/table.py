"""Learning rates by a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python, literal
from netspec.catalogue.schedules import Clock, Schedule
from netspec.catalogue.values import Duration, Quantity
from netspec.shapes import MisfitError
from netspec.wording import counted


class Table(Schedule):
    """Take each of some learning rates from its time on, which counts from where it begins.

    Before the first time the learning rate is what it was. All groups get the same.
    """

    positional: ClassVar = ("at", "lr")
    examples: ClassVar = (Example("table([10 epochs, 20 epochs], [0.01, 0.001])"),)

    at: Annotated[tuple[Duration, ...], Field(min_length=1, description="when the learning rate changes")]
    lr: Annotated[
        tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1, description="the learning rate from then on")
    ]

    def check(self) -> None:
        if len(self.at) != len(self.lr):
            raise MisfitError(f"{len(self.at)} times need as many learning rates, not {len(self.lr)}", argument="lr")
        for before, after in pairwise(self.at):
            if before.unit == after.unit and before.number >= after.number:
                raise MisfitError(
                    f"{after} comes before {before}", argument="at", help="write the times in their order"
                )

    def conflicts(self, clock: Clock) -> Iterator[MisfitError]:
        for before, after in pairwise(self.at):
            if before.unit != after.unit and clock.steps(before) >= clock.steps(after):
                reason = f"{after} isn't after {before}: an epoch has {counted(clock.epoch, 'step')}"
                yield MisfitError(reason, argument="at", help="write the times in their order")

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        reached = [rate for when, rate in zip(self.at, self.lr, strict=True) if clock.steps(when) <= step]
        return reached[-1] if reached else lr

    def changes(self) -> tuple[Quantity, ...]:
        return self.at

    def python(self, clock: Clock) -> Python:
        rates = literal(list(zip(map(clock.steps, self.at), self.lr, strict=True)))
        return Python(f"[lr, *(rate for when, rate in {rates} if when <= step)][-1]")
