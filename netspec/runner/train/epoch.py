"""One epoch: training over its batches with gradients, steps and overflow, and then validation."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from math import isfinite
from time import perf_counter
from typing import Any

from torch import Tensor

from netspec.data.prepare import Batch
from netspec.modules.losses import added, with_amounts
from netspec.program.randomness import seed_for
from netspec.runner.events import EpochAdvanced
from netspec.runner.machine.device import reseed, seeded
from netspec.runner.nonfinite import all_finite, gradients
from netspec.runner.train.accumulation import Accumulation
from netspec.runner.train.mixing import MixedBatch
from netspec.runner.train.overflow import overflow, state_overflow
from netspec.runner.train.progress import Progress
from netspec.runner.train.running_stats import RunningStats
from netspec.runner.train.training import Training

LOSS_CHECK_EVERY = {"cpu": 1, "cuda": 64, "mps": 64, "xpu": 64}
"""The number of batches between two checks of the loss per type of device: each waits for an accelerator."""
PROGRESS_INTERVAL = 0.1
"""The least number of seconds between two EpochAdvanced events."""


def train_epoch(
    training: Training, progress: Progress, should_stop: Callable[[Progress], bool]
) -> Generator[EpochAdvanced, None, dict[str, float] | None]:
    """Train to the end of the current epoch and return its values; None if `should_stop` ended it after a step.

    Raises Overflow or NetspecError for numbers that overflow.
    """
    began, before = perf_counter(), progress.epoch_seconds
    reported = before
    with seeded(training.device):
        start = progress.batch
        accumulation = Accumulation.of(training, progress.epoch + 1)
        for index, batch in enumerate(training.batches(progress.epoch + 1, start), start):
            stepped = _train_batch(training, progress, accumulation, index, batch)
            progress.epoch_seconds = before + perf_counter() - began
            if stepped and should_stop(progress):
                return None
            if progress.epoch_seconds - reported > PROGRESS_INTERVAL:
                reported = progress.epoch_seconds
                yield _advanced(training, progress)
    epoch, loss, accuracy = progress.epoch + 1, progress.stats.loss(), progress.stats.accuracy()
    progress.epoch_seconds = before + perf_counter() - began
    if not isfinite(loss):
        raise overflow(training, "the training loss", epoch)
    # the last step's loss was computed before it changed the weights
    if (broken := state_overflow(training, training.network, epoch)) is not None:
        raise broken
    training.update_norms(epoch)
    found = {"train.loss": loss} | ({} if accuracy is None else {"train.accuracy": accuracy})
    return {**found, "train.lr": training.steps.lr, "train.seconds": progress.epoch_seconds}


def validate(training: Training, epoch: int) -> dict[str, float]:
    """The loss and the metrics of the validation split; empty without one. Raises as `train_epoch` does."""
    if not training.data.data_record.validation:
        return {}
    evaluation = training.evaluate("validation", final=False)
    if not isfinite(evaluation.values["loss"]):
        raise overflow(training, "the validation loss", epoch)
    return {f"validation.{name}": value for name, value in evaluation.values.items()}


def _advanced(training: Training, progress: Progress) -> EpochAdvanced:
    """The progress within the epoch, without waiting for the device."""
    return EpochAdvanced(
        progress.moment,
        len(training.steps.loss_scales),
        progress.stats.running_loss(),
        training.steps.lr,
        progress.epoch_seconds,
        progress.seconds,
    )


def _train_batch(training: Training, progress: Progress, accumulation: Accumulation, index: int, batch: Batch) -> bool:
    """Compute the gradients of a batch, and take the step if it is the last batch of one; whether there was a step."""
    program, train, epoch = training.program, training.program.train, progress.epoch + 1
    mixed = MixedBatch.of(batch, train.mix, train.seed, epoch, index)
    kept = RunningStats(training.network) if train.on_nan == "skip" else None
    output, terms, loss, total = _backward(training, mixed, accumulation, epoch, index)
    progress.batch = index + 1
    if not _is_finite(training, loss.detach(), index, progress):
        if train.on_nan != "skip":
            raise overflow(training, "the training loss", epoch, index, training.inputs(mixed.inputs, epoch, index))
        if kept is not None:
            kept.restore()
        progress.skipped_step = index // train.accumulate
    else:
        right, target = None, program.type.target
        if target.counts_right:
            right = mixed.right(program.loss.decide(output, target), target)
        # the amounts of both targets of a mixed batch are the same
        weighed = training.criterion.weighs
        parts = with_amounts(terms, training.criterion.amounts(mixed.targets)).detach() if weighed else None
        progress.stats.add(len(mixed.targets), loss.detach(), right, parts)
    if progress.skipped_step == index // train.accumulate:
        training.steps.clear()
        return False
    step = training.steps.after_batch(progress, index, _losses(training, total, mixed, accumulation, epoch, index))
    if step is not None and training.averaging is not None:
        training.averaging.update(step)
    return step is not None


def _backward(
    training: Training, mixed: MixedBatch, accumulation: Accumulation, epoch: int, index: int
) -> tuple[Any, list[Tensor], Tensor, Tensor]:
    """The output for a batch, its losses, their sum, and the objective: loss and penalties, whose gradients are
    computed.

    Randomness follows from the seed, the epoch and the index of the batch.
    """
    reseed(training.device, seed_for(training.program.train.seed, "batch", epoch, index))
    feed, teaching, extra = training.feed, training.teaching, training.regularization.total()
    values = feed.values(training.network, *mixed.inputs)
    output = next(iter(values.values())).float()
    terms = mixed.terms(training.criterion, output)
    loss = added(terms)
    learned, of_targets = loss, terms
    if teaching is not None:
        taught = teaching.loss(values, mixed.inputs[: feed.own], mixed.inputs[feed.own :])
        if training.program.loss.learns_targets:
            extra = taught if extra is None else extra + taught
        else:
            learned, of_targets = taught, [taught]
    total = accumulation.total(index, learned, of_targets, extra)
    total.backward()
    return output, terms, loss, total.detach()


def _losses(
    training: Training, total: Tensor, mixed: MixedBatch, accumulation: Accumulation, epoch: int, index: int
) -> Iterator[Tensor]:
    """The objective of a batch with its gradients: first the one that was computed, then without end at new weights."""
    while True:
        yield total
        training.steps.clear()
        *_, total = _backward(training, mixed, accumulation, epoch, index)


def _is_finite(training: Training, loss: Tensor, index: int, progress: Progress) -> bool:
    """Whether a step can be taken. Gradients are checked too if the spec has something to do other than to stop."""
    if training.program.train.on_nan != "stop" and not all_finite([loss, *gradients(training.steps.parameters)]):
        return False
    return bool(index % LOSS_CHECK_EVERY[training.device.type]) or isfinite(progress.stats.fetch_loss(loss))
