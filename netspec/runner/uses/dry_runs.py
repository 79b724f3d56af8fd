"""Rehearsals: programs cut down to what shows a fault within seconds, of which no run is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from netspec.catalogue.sections.data import Data
from netspec.catalogue.stopping import Standing, Stop
from netspec.problems.base import NetspecError
from netspec.problems.running import NotLearned
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.splits import split_conflicts, split_sizes
from netspec.runner.events import Evaluation
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.conditions import conditions
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Overflow, Training

BATCHES = 2
"""How many batches of training a smoke test has."""
PASSES = 500
"""How often the samples are gone through that are to be learned by heart."""


class OneEpoch(Stop):
    """The stop of a program, and the end after its first epoch."""

    inner: Stop | None = None

    def watched(self) -> str:
        return self.inner.watched() if self.inner else "train.loss"

    def observe(self, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
        return self.inner.observe(standing, epoch, values) if self.inner else standing

    def reason(self, standing: Standing) -> str | None:
        return "that was enough to see that it works"

    def restores(self) -> bool:
        return self.inner.restores() if self.inner else False


def smoke(program: Program) -> Program:
    """A program for one epoch of two batches, on as few samples as that takes; of several runs the first."""
    program = one_of(program)
    few, counts = BATCHES * program.data.batch_size, program.type.counts
    # a number of samples to set apart is no more than there are batches; a share is one of few samples by itself
    apart = {
        split: min(setting, few) if isinstance(setting := getattr(program.data, split), int) else setting
        for split in ("validation", "test")
    }
    data = program.data.model_copy(update=apart)

    def is_enough(count: int) -> bool:
        drawn = _drawn(data, count)
        return split_sizes(drawn, *counts).train >= few and not any(split_conflicts(drawn, *counts))

    count = next(filter(is_enough, range(few, counts[0])), None)
    train = program.train.model_copy(update={"stop": OneEpoch(inner=program.train.stop)})
    return program.with_sections(_drawn(data, count), train)


def one_of(program: Program) -> Program:
    """The first of the runs that a program stands for."""
    parts = parts_of(program)
    return parts[0].of(program) if parts else program


def _drawn(data: Data, count: int | None) -> Data:
    """With so many training samples at most."""
    return data.model_copy(update={"sample": count if count is not None else data.sample})


@dataclass(frozen=True)
class Learned:
    """How a network learned some samples by heart: in how many passes, and from which loss to which."""

    samples: int
    batches: int
    passes: int
    first_loss: float
    last_loss: float


def overfit(program: Program, batches: int, folder: Path, device: torch.device) -> Learned:
    """Train on the samples of so many batches alone until all of them are known by heart.

    What stands in the way of that is left out: augmentation, mixing, penalties, noise and the schedule. Judged are the
    same samples, as in evaluation. Raises NetspecError where the network doesn't learn them.
    """
    program = _by_heart(one_of(program), batches)
    with RunFolder(folder) as locked, conditions(program, device):
        training, progress = Training.of(program, locked, device), Progress()
        evaluation = training.evaluate("train")
        losses = [evaluation.values["loss"]]
        while (left := _unlearned(training, evaluation)) and progress.epoch < PASSES:
            try:
                for _ in training.train_epoch(progress, lambda _: False):
                    pass
            except Overflow as overflow:
                raise overflow.problem from None
            evaluation = training.evaluate("train")
            losses.append(evaluation.values["loss"])
            progress.end_epoch({"epoch": progress.epoch + 1, "train.loss": losses[-1]}, progress.standing)
        samples = len(training.data.training.targets)
        learned = Learned(samples, training.data.steps, progress.epoch, losses[0], losses[-1])
    if left:
        raise NetspecError.of(NotLearned(program.span_of("model"), samples, PASSES, left, losses[0], losses[-1]))
    return learned


def _by_heart(program: Program, batches: int) -> Program:
    """The program of a training on the samples of so many batches, without what keeps it from learning them."""
    count = min(batches * program.data.batch_size, program.type.counts[0])
    alone = {"sample": count, "augment": (), "validation": None, "test": None}
    plain = {
        "schedule": (),
        "stop": None,
        "mix": (),
        "penalties": (),
        "noise": None,
        "average": None,
        "accumulate": 1,
        "max_time": None,
        "on_nan": "stop",
        "epochs": PASSES,
    }
    data, train = program.data.model_copy(update=alone), program.train.model_copy(update=plain)
    return program.with_sections(data, train)


def _unlearned(training: Training, evaluation: Evaluation) -> float:
    """The share of the samples that isn't learned, or of what is to be learned of them; 0 if that is little enough."""
    predictions = evaluation.predictions
    assert predictions is not None
    return training.program.type.target.unlearned(predictions.decisions, predictions.targets)
