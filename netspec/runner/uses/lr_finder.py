"""The learning-rate finder (range test, Smith, arXiv:1506.01186): the loss while the learning rate grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, isfinite, log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.groups import two_digits
from netspec.catalogue.schedules import Clock, Schedule
from netspec.program.program import Program
from netspec.runner.machine.allocator import keep_freed_memory
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.context import training_context
from netspec.runner.train.epoch import train_epoch
from netspec.runner.train.overflow import Overflow
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Training

SMOOTHING = 1 / 40
"""The width of the smoothing, as a fraction of the steps."""
MAX_RISE = 3
"""The training has diverged when the loss rises by more than this factor times its largest fall, or its lowest value.
"""
MIN_FALL = 2
"""The fall of a loss, in standard deviations of its noise, from which on it counts as one."""


class Growth(Schedule):
    """A learning rate that grows by the same factor from step to step; the groups keep their ratios."""

    first: float
    """The factor of the first step."""
    factor: float

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr * self.first * self.factor**step


@dataclass(frozen=True)
class LrStep:
    """A step: the learning rate outside of groups, the loss of its batch, and the smoothed loss."""

    lr: float
    loss: float
    smoothed: float


@dataclass(frozen=True)
class LrFinderResult:
    """The steps of a range test, which ends before its last step if it `diverged`.

    `steepest` is the learning rate at which the loss falls fastest, `tenth` a tenth of the one at which it is lowest;
    None if it never falls.
    """

    program: Program
    device: str
    steps: tuple[LrStep, ...]
    diverged: bool
    steepest: float | None
    tenth: float | None

    @property
    def suggested(self) -> float | None:
        """The smaller of both: at the steepest fall the loss may be about to rise."""
        return min((lr for lr in (self.steepest, self.tenth) if lr is not None), default=None)

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer with the suggested learning rate."""
        old, lr = self.program.train.optimizer, self.suggested
        return None if lr is None else old.scaled(lr, lr / old.lr)


def find_lr(program: Program, device: torch.device, first: float, last: float, steps: int) -> LrFinderResult:
    """Train a program from its initial weights, on its training batches and with its optimizer, at learning rates from
    `first` to `last`. Nothing is saved. Raises NetspecError as a run does."""
    lr = program.train.optimizer.lr
    growth = Growth(first=first / lr, factor=(last / first) ** (1 / (steps - 1)))
    # an epoch has a step at least, so that there are enough; an overflow is an expected end, raised as for a rollback
    changes = {"epochs": steps, "schedule": (growth,), "average": None, "stop": None, "on_nan": "rollback"}
    tested = program.with_sections(program.train.model_copy(update=changes))
    curve = LossCurve(steps)
    with (
        TemporaryDirectory(prefix="netspec-") as folder,
        RunFolder(Path(folder) / "run") as locked,
        training_context(program, device),
    ):
        training = Training.of(tested, locked, device)
        with keep_freed_memory():
            curve.record(training)
    rates = [growth.rate(lr, step, training.steps.clock) for step in range(len(curve.losses))]
    smoothed = smooth(curve.losses, steps)
    found = tuple(map(LrStep, rates, curve.losses, smoothed))
    return LrFinderResult(training.program, str(device), found, curve.diverged, *suggestions(found))


@dataclass
class LossCurve:
    """The loss of each step of a training, until it has `count` steps or has diverged."""

    count: int
    losses: list[float] = field(default_factory=list)
    diverged: bool = False
    running: float = 0.0
    lowest: float = 0.0

    def record(self, training: Training) -> None:
        """Train epoch after epoch, without the validation and the checkpoints of a run."""
        progress, accumulate = Progress(), training.program.train.accumulate

        def is_last(progress: Progress) -> bool:
            batches = (progress.batch - 1) % accumulate + 1
            self.add(progress.stats.loss(batches))
            return self.is_complete

        try:
            while not self.is_complete:
                for _ in train_epoch(training, progress, is_last):
                    pass
                progress.end_epoch({}, progress.standing)
        except Overflow:
            self.diverged = True

    @property
    def is_complete(self) -> bool:
        return self.diverged or len(self.losses) == self.count

    def add(self, loss: float) -> None:
        weight = 1 - exp(-1 / _width(self.count))
        self.running = loss if not self.losses else self.running + weight * (loss - self.running)
        self.lowest = self.running if not self.losses else min(self.lowest, self.running)
        self.losses.append(loss)
        scale = max(abs(self.lowest), self.losses[0] - self.lowest)
        self.diverged = not isfinite(loss) or self.running > self.lowest + MAX_RISE * scale


def _width(steps: int) -> float:
    return max(steps * SMOOTHING, 1.0)


def smooth(losses: Sequence[float], steps: int) -> list[float]:
    """Each loss as a weighted mean of all, of which its neighbours weigh most; unlike a running mean it doesn't lag.

    A last loss that diverged is cut to the largest before it, so that it doesn't raise its neighbours.
    """
    values = np.array(losses)
    if len(values) > 2:
        values[-1] = min(values[-1], values[:-1].max()) if isfinite(values[-1]) else values[:-1].max()
    indices = np.arange(len(values))
    weights = np.exp(-np.abs(indices[:, None] - indices) / _width(steps))
    return [float(value) for value in weights @ values / weights.sum(1)]


def suggestions(steps: Sequence[LrStep]) -> tuple[float | None, float | None]:
    """The learning rate of the steepest fall before the lowest loss, and a tenth of that of the lowest loss, to two
    digits."""
    if len(steps) < 3:
        return None, None
    smoothed = np.array([step.smoothed for step in steps])
    lowest = int(smoothed.argmin())
    noise = float(np.std([step.loss - step.smoothed for step in steps[: lowest + 1]]))
    if lowest < 2 or smoothed[0] - smoothed[lowest] <= MIN_FALL * noise:
        return None, None
    slopes = np.gradient(smoothed, [log(step.lr) for step in steps])
    return two_digits(steps[int(slopes[: lowest + 1].argmin())].lr), two_digits(steps[lowest].lr / 10)
