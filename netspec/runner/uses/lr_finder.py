"""The learning-rate range test (Smith, arXiv:1506.01186): train while the learning rate grows, and look at the loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite, log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.groups.group import Group
from netspec.catalogue.schedules import Clock, Schedule
from netspec.program.program import Program
from netspec.runner.machine.allocator import freed_memory_kept
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.conditions import conditions
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Overflow, Training

WIDTH = 1 / 40
"""Over how much of the steps a loss is smoothed."""
RISE = 3
"""The training has diverged when the loss is so many times as far above its lowest value as that was below the first,
or above 0."""
CLEAR = 2
"""A loss falls if it falls by so many standard deviations of what was smoothed away."""


class Growth(Schedule):
    """A learning rate that grows by the same factor from step to step; the groups keep their ratios."""

    first: float
    """The factor of the first step."""
    factor: float

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr * self.first * self.factor**step


@dataclass(frozen=True)
class Tried:
    """A step: the learning rate outside of groups, the loss of its batch, and that loss among those around it."""

    lr: float
    loss: float
    smoothed: float


@dataclass(frozen=True)
class LrFinderResult:
    """What a range test found. It may end before its last step, where it `diverged`.

    `steepest` is where the loss falls fastest for a learning rate that grows, `tenth` a tenth of where it is lowest;
    None where it never falls.
    """

    program: Program
    device: str
    tried: tuple[Tried, ...]
    diverged: bool
    steepest: float | None
    tenth: float | None

    @property
    def suggested(self) -> float | None:
        """The smaller of both: where the loss falls fastest it may be about to rise."""
        return min((lr for lr in (self.steepest, self.tenth) if lr is not None), default=None)

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer as the spec should have it."""
        old, lr = self.program.train.optimizer, self.suggested
        return None if lr is None else scaled(old, lr, lr / old.lr)


def find_lr(program: Program, device: torch.device, first: float, last: float, steps: int) -> LrFinderResult:
    """Train a program from its first weights, on its training batches and with its optimizer, at learning rates from
    `first` to `last`. Nothing is kept. Raises NetspecError as a run does."""
    lr = program.train.optimizer.lr
    growth = Growth(first=first / lr, factor=(last / first) ** (1 / (steps - 1)))
    # numbers that overflow are an end to be expected here, and going back is how a training says so
    # an epoch has a step at least, so that there are enough for the schedule
    other = {"epochs": steps, "schedule": (growth,), "average": None, "stop": None, "on_nan": "rollback"}
    tested = program.with_sections(program.train.model_copy(update=other))
    losses = Losses(steps)
    with (
        TemporaryDirectory(prefix="netspec-") as folder,
        RunFolder(Path(folder) / "run") as locked,
        conditions(program, device),
    ):
        training = Training.of(tested, locked, device)
        with freed_memory_kept():
            losses.record(training)
    rates = [growth.rate(lr, step, training.steps.clock) for step in range(len(losses.found))]
    smoothed = smooth(losses.found, steps)
    tried = tuple(map(Tried, rates, losses.found, smoothed))
    return LrFinderResult(training.program, str(device), tried, losses.diverged, *suggestions(tried))


@dataclass
class Losses:
    """The loss of each step of a training, until there are as many as wanted or it has diverged."""

    wanted: int
    found: list[float] = field(default_factory=list)
    diverged: bool = False
    running: float = 0.0
    lowest: float = 0.0

    def record(self, training: Training) -> None:
        """Train epoch after epoch; what is judged and saved between them in a run is left out."""
        progress, accumulate = Progress(), training.program.train.accumulate

        def is_last(progress: Progress) -> bool:
            progress.stats.settle()
            batches = (progress.batch - 1) % accumulate + 1
            sizes, losses = progress.stats.sizes[-batches:], progress.stats.losses[-batches:]
            self.add(float(np.average(losses, weights=sizes)))
            return self.diverged or len(self.found) == self.wanted

        try:
            while not (self.diverged or len(self.found) == self.wanted):
                for _ in training.train_epoch(progress, is_last):
                    pass
                progress.end_epoch({}, progress.standing)
        except Overflow:
            self.diverged = True

    def add(self, loss: float) -> None:
        share = 1 - exp(-1 / _width(self.wanted))
        self.running = loss if not self.found else self.running + share * (loss - self.running)
        self.lowest = self.running if not self.found else min(self.lowest, self.running)
        self.found.append(loss)
        scale = max(abs(self.lowest), self.found[0] - self.lowest)
        self.diverged = not isfinite(loss) or self.running > self.lowest + RISE * scale


def _width(steps: int) -> float:
    return max(steps * WIDTH, 1.0)


def smooth(losses: Sequence[float], steps: int) -> list[float]:
    """Each loss as a mean of all, in which those next to it count most. It doesn't lag behind, as a running one does.

    A last loss that shot up is cut to the largest before it, so that it doesn't lift those next to it.
    """
    values = np.array(losses)
    if len(values) > 2:
        values[-1] = min(values[-1], values[:-1].max()) if isfinite(values[-1]) else values[:-1].max()
    places = np.arange(len(values))
    weights = np.exp(-np.abs(places[:, None] - places) / _width(steps))
    return [float(value) for value in weights @ values / weights.sum(1)]


def suggestions(tried: Sequence[Tried]) -> tuple[float | None, float | None]:
    """Where the loss falls fastest before it is lowest, and a tenth of where it is lowest, to two digits."""
    if len(tried) < 3:
        return None, None
    smoothed = np.array([one.smoothed for one in tried])
    lowest = int(smoothed.argmin())
    noise = float(np.std([one.loss - one.smoothed for one in tried[: lowest + 1]]))
    if lowest < 2 or smoothed[0] - smoothed[lowest] <= CLEAR * noise:
        return None, None
    slopes = np.gradient(smoothed, [log(one.lr) for one in tried])
    return _rounded(tried[int(slopes[: lowest + 1].argmin())].lr), _rounded(tried[lowest].lr / 10)


def _rounded(lr: float) -> float:
    return float(f"{lr:.1e}")


def scaled(optimizer: Optimizer, lr: float, factor: float) -> Optimizer:
    """An optimizer with another learning rate, and its groups with as many times theirs as before."""
    return optimizer.model_copy(update={"lr": lr, "groups": tuple(_groups(optimizer, factor))})


def _groups(optimizer: Optimizer, factor: float) -> Iterator[object]:
    for group in optimizer.groups:
        if isinstance(group, Group) and group.lr is not None:
            yield group.model_copy(update={"lr": _rounded(group.lr * factor)})
        elif isinstance(group, Group) and group.optimizer is not None:
            own = scaled(group.optimizer, _rounded(group.optimizer.lr * factor), factor)
            yield group.model_copy(update={"optimizer": own})
        else:
            yield group
