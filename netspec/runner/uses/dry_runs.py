"""Dry runs: a smoke test of a program, and a test that its network can overfit a few batches; no run is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from netspec.runner.train.context import training_context
from netspec.runner.train.epoch import train_epoch
from netspec.runner.train.overflow import Overflow
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Training

SMOKE_BATCHES = 2
"""The number of training batches of a smoke test."""
MAX_EPOCHS = 500
"""The number of epochs in which a network has to overfit its samples."""


class OneEpoch(Stop):
    """The early stopping of a program, which also ends after its first epoch."""

    inner: Stop | None = None

    def watched(self) -> str:
        return self.inner.watched() if self.inner else "train.loss"

    def observe(self, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
        return self.inner.observe(standing, epoch, values) if self.inner else standing

    def reason(self, standing: Standing) -> str | None:
        return "that was enough to see that it works"

    def restores(self) -> bool:
        return self.inner.restores() if self.inner else False


def smoke_program(program: Program) -> Program:
    """A program for one epoch of two batches, on the smallest sample that has them; with several runs, the first."""
    program = first_part(program)
    few, counts = SMOKE_BATCHES * program.data.batch_size, program.type.counts
    # as a number of samples a split is limited to that of the batches; as a fraction it follows the sample
    held_out = {
        split: min(setting, few) if isinstance(setting := getattr(program.data, split), int) else setting
        for split in ("validation", "test")
    }
    data = program.data.model_copy(update=held_out)

    def is_enough(count: int) -> bool:
        sampled = _with_sample(data, count)
        return split_sizes(sampled, *counts).train >= few and not any(split_conflicts(sampled, *counts))

    count = next(filter(is_enough, range(few, counts[0])), None)
    train = program.train.model_copy(update={"stop": OneEpoch(inner=program.train.stop)})
    return replace(program.with_sections(_with_sample(data, count), train), assertions=())


def first_part(program: Program) -> Program:
    """The program of the first of several runs, else the program itself."""
    parts = parts_of(program)
    return parts[0].of(program) if parts else program


def _with_sample(data: Data, count: int | None) -> Data:
    """The section with at most `count` samples; None leaves it as it is."""
    return data.model_copy(update={"sample": count if count is not None else data.sample})


@dataclass(frozen=True)
class OverfitResult:
    """A network that overfitted some samples: the number of epochs it took, and the first and the last loss."""

    samples: int
    batches: int
    epochs: int
    first_loss: float
    last_loss: float


def overfit(program: Program, batches: int, folder: Path, device: torch.device) -> OverfitResult:
    """Train on the samples of a few batches alone until the network overfits them.

    Regularization is removed: augmentation, mixing, penalties, noise, and the schedule too. The same samples are used
    to evaluate the network. Raises NetspecError if it doesn't overfit them.
    """
    program = _overfit_program(first_part(program), batches)
    with RunFolder(folder) as locked, training_context(program, device):
        training, progress = Training.of(program, locked, device), Progress()
        evaluation = training.evaluate("train")
        losses = [evaluation.values["loss"]]
        while (left := _unlearned(training, evaluation)) and progress.epoch < MAX_EPOCHS:
            try:
                for _ in train_epoch(training, progress, lambda _: False):
                    pass
            except Overflow as overflow:
                raise overflow.problem from None
            evaluation = training.evaluate("train")
            losses.append(evaluation.values["loss"])
            progress.end_epoch({"epoch": progress.epoch + 1, "train.loss": losses[-1]}, progress.standing)
        samples = len(training.data.training.targets)
        result = OverfitResult(samples, training.data.steps, progress.epoch, losses[0], losses[-1])
    if left:
        raise NetspecError.of(NotLearned(program.span_of("model"), samples, MAX_EPOCHS, left, losses[0], losses[-1]))
    return result


def _overfit_program(program: Program, batches: int) -> Program:
    """The program on the samples of a few batches, without anything that keeps it from overfitting them."""
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
        "epochs": MAX_EPOCHS,
    }
    data, train = program.data.model_copy(update=alone), program.train.model_copy(update=plain)
    return program.with_sections(data, train)


def _unlearned(training: Training, evaluation: Evaluation) -> float:
    """The fraction of the samples, or of their variance, that isn't learned; 0 if it is small enough."""
    predictions = evaluation.predictions
    assert predictions is not None
    return training.program.type.target.unlearned(predictions.decisions, predictions.targets)
