"""Schedules: how the learning rate changes from step to step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.python import Python
from netspec.catalogue.values import Duration, Quantity
from netspec.immutable import immutable
from netspec.shapes import MisfitError
from netspec.wording import counted


@immutable
class Clock:
    """How long a training is: the steps of the optimizer in an epoch, and in all; and what was measured so far, with
    the values of each epoch that is over."""

    epoch: int
    total: int
    history: tuple[Mapping[str, float], ...] = ()

    @classmethod
    def of(cls, batches: int, accumulate: int, epochs: int) -> Clock:
        """The clock of a training with so many batches in an epoch, of which `accumulate` make a step."""
        epoch = ceil(batches / accumulate)
        return cls(epoch, epoch * epochs)

    def steps(self, duration: Quantity) -> int:
        """How many steps a number of epochs or of steps is."""
        return int(duration.number) * (self.epoch if duration.unit == "epochs" else 1)

    def duration(self, steps: int) -> Quantity:
        """So many steps as whole epochs where they are that, else as steps."""
        return Quantity(steps, "steps") if steps % self.epoch else Quantity(steps // self.epoch, "epochs")


class Schedule(Entry):
    """A part of how the learning rate goes: a pure function of the step and of what was measured before it, so that
    nothing of it has to be saved.

    The parts of a pipe follow each other. Each takes the learning rate that the one before it ends with, the first one
    the optimizer's own, or that of a group. Steps are those of the optimizer and count from 0.
    """

    kind: ClassVar[str] = "schedule"
    unlike_torch: ClassVar = {
        "optimizer": "the training's own",
        "last_epoch": "known from the checkpoint that a run goes on from",
    }
    positional: ClassVar[tuple[str, ...]] = ("over",)

    over: Annotated[Duration | None, Field(description="how long it runs; none is the rest of the training")] = None

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        """The learning rate at a step of its own, where it began with `lr`. The clock's total is its own length; at
        that step it is what the next part takes. The clock's history is that of the epochs that ended within it."""
        raise NotImplementedError

    def momentum(self, step: int, clock: Clock) -> float | None:
        """The momentum at a step of its own; None is the optimizer's."""
        return None

    def watched(self) -> str | None:
        """What it looks at, by its name among an epoch's values: `validation.loss`."""
        return None

    def conflicts(self, clock: Clock) -> Iterator[MisfitError]:
        """What of it doesn't go together in a training as long as the clock says."""
        yield from ()

    def acts_after(self) -> int | None:
        """After how many epochs of its own it can act for the first time; None where it doesn't look at epochs."""
        return None

    def changes(self) -> tuple[Quantity, ...]:
        """When it changes the learning rate, counted from its own beginning, where it does so at certain times."""
        return ()

    def python(self, clock: Clock) -> Python | None:
        """The learning rate as an expression of `lr`, the one that it began with, and `step`, of its own; None if a
        script has no code for it."""
        return None

    @property
    def moves_momentum(self) -> bool:
        """Whether it changes the momentum too."""
        return False

    def python_momentum(self, clock: Clock) -> Python | None:
        """The momentum as an expression of `step`, of its own; None if a script has no code for it."""
        return None


@immutable
class _Part:
    """A schedule at its place in the training."""

    schedule: Schedule
    start: int
    steps: int

    def at(self, step: int, clock: Clock) -> tuple[int, Clock]:
        """A step of the training as one of its own, at most its last one, and its own clock."""
        own = min(step - self.start, self.steps)
        over = clock.history[ceil(self.start / clock.epoch) : (self.start + own) // clock.epoch]
        return own, Clock(clock.epoch, self.steps, over)

    def epochs(self, clock: Clock) -> int:
        """How many epochs of the training end within it before the last step that it has a say in."""
        last = min(self.start + self.steps, clock.total - 1)
        return max(last // clock.epoch - ceil(self.start / clock.epoch), 0)


def _placed(schedule: Sequence[Schedule], clock: Clock) -> Iterator[_Part]:
    start = 0
    for part in schedule:
        steps = max(clock.total - start, 0) if part.over is None else clock.steps(part.over)
        yield _Part(part, start, steps)
        start += steps


def learning_rate(schedule: Sequence[Schedule], lr: float, step: int, clock: Clock) -> float:
    """The learning rate of a step, where it is `lr` without a schedule. After the last part it stays as it is."""
    for part in _placed(schedule, clock):
        own, its = part.at(step, clock)
        lr = part.schedule.rate(lr, own, its)
        if own < part.steps:
            break
    return lr


def momentum(schedule: Sequence[Schedule], step: int, clock: Clock) -> float | None:
    """The momentum of a step; None is the optimizer's. After the last part it stays as it is."""
    found = None
    for part in _placed(schedule, clock):
        own, its = part.at(step, clock)
        found = part.schedule.momentum(own, its)
        if own < part.steps:
            break
    return found


def schedule_conflicts(schedule: Sequence[Schedule], clock: Clock) -> Iterator[tuple[int, MisfitError]]:
    """The parts of a schedule, by their indices, that the training is too short for, and why."""
    endless: Schedule | None = None
    for index, part in enumerate(_placed(schedule, clock)):
        if endless is not None:
            reason = f"`{part.schedule.name()}` never begins: `{endless.name()}` before it runs to the training's end"
            yield index, MisfitError(reason, help=f"say how long that runs: {endless.name()}(over=10 epochs)")
        else:
            yield from ((index, misfit) for misfit in _part_conflicts(part, clock))
        if part.schedule.over is None:
            endless = endless or part.schedule


def _part_conflicts(part: _Part, clock: Clock) -> Iterator[MisfitError]:
    name, over = part.schedule.name(), part.schedule.over
    training = f"the training has {counted(clock.total, 'step')}, {clock.epoch:_} in an epoch"
    if part.start >= clock.total:
        yield MisfitError(f"`{name}` never begins: {training}, and it comes after {part.start:_}")
    elif part.start + part.steps > clock.total:
        after = f", and {part.start:_} of them come before it" if part.start else ""
        yield MisfitError(f"`{name}` runs {over}, and {training}{after}", argument="over")
    elif (needed := part.schedule.acts_after()) is not None and part.epochs(clock) < needed:
        ended = part.epochs(clock)
        yield MisfitError(
            f"`{name}` never acts: it can after {needed} epochs at the soonest, but {ended} end before its last step",
            argument="patience",
            help="use a smaller `patience`, or more `epochs`",
        )
    elif late := [when for when in part.schedule.changes() if clock.steps(when) >= part.steps]:
        runs = f"it runs {counted(part.steps, 'step')}, and an epoch has {clock.epoch:_}"
        yield MisfitError(f"`{name}` never comes to {late[0]}: {runs}")
