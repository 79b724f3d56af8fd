"""What a run works with, and what is done with it: an epoch of training, a judgement, a checkpoint, a way back."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.builder.freeze import freeze
from netspec.data.prepare import Batch, PreparedData, prepare
from netspec.formats.errors import DataError
from netspec.modules.losses import WeightedSum
from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged, LossNotFinite
from netspec.program.data_errors import as_problem
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from netspec.runner.events import EpochAdvanced, Evaluation, Resumed
from netspec.runner.machine.device import reseed, seeded, spare
from netspec.runner.machine.environment import environment
from netspec.runner.machine.memory import ensure_memory
from netspec.runner.nonfinite import all_finite, first_overflow, gradients
from netspec.runner.store.checkpoint import (
    MODEL,
    TRAINED,
    Checkpoints,
    Moment,
    Saved,
    last_checkpoint,
    load_into,
    load_weights,
)
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.same_data import ensure_same
from netspec.runner.train.averaging import Averaging
from netspec.runner.train.epoch_stats import EpochStats
from netspec.runner.train.evaluate import evaluate
from netspec.runner.train.mixing import MixedBatch
from netspec.runner.train.progress import Progress
from netspec.runner.train.regularization import Regularization
from netspec.runner.train.steps import Steps

LOSS_CHECK_EVERY = {"cpu": 1, "cuda": 64, "mps": 64, "xpu": 64}
"""Each how many batches a device is asked whether the loss is finite: an accelerator would be waited for."""
NORM_BATCHES = 32
"""Over so many batches norms are measured for what is saved on the way: all of an epoch would take longer than what
there is to save, and who ends a run may not wait for it."""
PROGRESS_INTERVAL = 0.1
"""So many seconds are at least between two words about an epoch that is under way."""


class Overflow(Exception):  # noqa: N818 - what happened
    """The numbers of a step overflowed, and the training goes back."""

    def __init__(self, problem: NetspecError) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Training:
    """The data, the network, the loss module, the steps and the checkpoints of a run.

    `regularization` holds the penalties, `average` the running mean of the weights if one is taken, and `still` are the
    layers that are in evaluation mode also in training.
    """

    program: Program
    data: PreparedData
    network: nn.Module
    measure: WeightedSum
    regularization: Regularization
    steps: Steps
    average: Averaging | None
    still: tuple[nn.Module, ...]
    checkpoints: Checkpoints
    device: torch.device

    @classmethod
    def of(cls, program: Program, folder: RunFolder, device: torch.device) -> Training:
        """Load, build and check everything that can be checked before the first step."""
        ensure_memory(program, device)
        network = build(program).to(device)
        still = freeze(network, program)
        if program.train.compile:
            network.compile()
        kept = program.train.checkpoint.kept()
        # the weights alone of the checkpoints that are there at once: those that are kept and the one being written
        size = sum(tensor.nbytes for tensor in network.state_dict().values())
        folder.require(size * min(kept + 1, program.train.epochs))
        try:
            data = prepare(program, device, spare(device))
        except DataError as error:
            raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
        bounds = batch_bounds(len(data.training.targets), program.data.batch_size)
        steps = Steps.of(program, network, [end - start for start, end in bounds])
        return cls(
            data.program,
            data,
            network,
            program.loss.build(data.classes).to(device),
            Regularization.of(program, network),
            steps,
            Averaging(entry, network, steps.clock.total) if (entry := program.train.average) else None,
            still,
            Checkpoints(folder.checkpoints, kept),
            device,
        )

    # ---- an epoch ----

    def train_epoch(
        self, progress: Progress, ended: Callable[[Progress], bool]
    ) -> Generator[EpochAdvanced, None, dict[str, float] | None]:
        """Train to the end of the epoch under way; None if `ended` said after a step that it was the last for now."""
        began, before = perf_counter(), progress.epoch_seconds
        told = before
        self.network.train()
        for module in self.still:
            module.eval()
        with seeded(self.device):
            start = progress.batch
            for number, batch in enumerate(self.data.epoch(progress.epoch + 1, start), start):
                moved = self._train_batch(progress, number, batch)
                progress.epoch_seconds = before + perf_counter() - began
                if moved and ended(progress):
                    return None
                if progress.epoch_seconds - told > PROGRESS_INTERVAL:
                    told = progress.epoch_seconds
                    yield self._advanced(progress)
        epoch, loss, accuracy = progress.epoch + 1, progress.stats.loss(), progress.stats.accuracy()
        progress.epoch_seconds = before + perf_counter() - began
        if not isfinite(loss):
            raise self._overflow("the training loss", epoch)
        # the last step's loss was measured before it moved the weights
        if not all_finite(self.network.state_dict().values()):
            raise self._overflow("a weight", epoch)
        self._measure_norms(progress)
        found = {"train.loss": loss} | ({} if accuracy is None else {"train.accuracy": accuracy})
        return {**found, "train.lr": self.steps.lr, "train.seconds": progress.epoch_seconds}

    def _measure_norms(self, progress: Progress, batches: int | None = None) -> None:
        """Measure the norms of the mean of the weights over so many batches of the epoch under way, or all of them."""
        if self.average is not None:
            self.average.measure_norms(islice(self.data.epoch(progress.epoch + 1), batches))

    def _advanced(self, progress: Progress) -> EpochAdvanced:
        """How far the epoch is, without a look at the device."""
        return EpochAdvanced(
            progress.moment,
            len(self.steps.shares),
            progress.stats.running_loss(),
            self.steps.lr,
            progress.epoch_seconds,
            progress.seconds,
        )

    def _train_batch(self, progress: Progress, number: int, batch: Batch) -> bool:
        """The gradients of a batch, and the step if it is the last batch of one; whether there was a step."""
        train, epoch = self.program.train, progress.epoch + 1
        mixed = MixedBatch.of(batch, train.mix, train.seed, epoch, number)
        output, loss, total = self._evaluate(mixed, epoch, number)
        progress.batch = number + 1
        if not self._is_good(loss.detach(), number, progress.stats):
            if train.on_nan != "skip":
                raise self._overflow("the training loss", epoch, number, mixed.inputs)
            progress.left_out = number // train.accumulate
        else:
            right, target = None, self.program.type.target
            if target.counts_right:
                right = mixed.right(self.program.loss.decide(output, target), target)
            progress.stats.add(len(mixed.targets), loss.detach(), right)
        if progress.left_out == number // train.accumulate:
            self.steps.clear()
            return False
        step = self.steps.after(progress, number, self._losses(total, mixed, epoch, number))
        if step is not None and self.average is not None:
            self.average.after(step)
        return step is not None

    def _evaluate(self, mixed: MixedBatch, epoch: int, number: int) -> tuple[Any, Tensor, Tensor]:
        """The output for a batch, its loss, and what is made small with its gradients: the loss with all costs.

        Chance follows from the seed, the epoch and the number of the batch.
        """
        reseed(self.device, seed_for(self.program.train.seed, "batch", epoch, number))
        output = self.network(*mixed.inputs)
        loss = mixed.loss(self.measure, output)
        cost, share = self.regularization.total(), self.steps.shares[number]
        total = loss if cost is None else loss + cost
        if share != 1:
            total = total * share
        total.backward()
        return output, loss, total.detach()

    def _losses(self, total: Tensor, mixed: MixedBatch, epoch: int, number: int) -> Iterator[Tensor]:
        """What is made small, with its gradients, that is there already, and then at other weights, without end."""
        while True:
            yield total
            self.steps.clear()
            _, _, total = self._evaluate(mixed, epoch, number)

    def _is_good(self, loss: Tensor, number: int, stats: EpochStats) -> bool:
        """Whether a step can be taken. Where the spec says what else to do, the gradients are looked at too."""
        if self.program.train.on_nan != "stop" and not all_finite([loss, *gradients(self.steps.parameters)]):
            return False
        return bool(number % LOSS_CHECK_EVERY[self.device.type]) or isfinite(stats.look(loss))

    def _overflow(
        self, what: str, epoch: int, number: int | None = None, inputs: tuple[Tensor, ...] = ()
    ) -> Overflow | NetspecError:
        """What to raise where numbers overflowed: what they are, when, and where they came from."""
        where = first_overflow(self.network, inputs) if inputs else None
        kept: Path | None = last_checkpoint(self.checkpoints.folder)
        span = self.program.span_of("train.optimizer.lr")
        step = None if number is None else number + 1
        problem = NetspecError.of(
            LossNotFinite(span, what, epoch, self.steps.lr, str(kept) if kept else None, step, where)
        )
        return Overflow(problem) if self.program.train.on_nan == "rollback" else problem

    # ---- judging ----

    @property
    def evaluated(self) -> nn.Module:
        """The network whose weights are judged and kept."""
        return self.network if self.average is None else self.average.evaluated

    def validate(self, epoch: int) -> dict[str, float]:
        """The loss and the metrics of the validation split, if there is one."""
        if not self.data.data_record.validation:
            return {}
        evaluation = self.evaluate("validation", final=False)
        if not isfinite(evaluation.values["loss"]):
            raise self._overflow("the validation loss", epoch)
        return {f"validation.{name}": value for name, value in evaluation.values.items()}

    def evaluate(self, split: str, *, final: bool = True) -> Evaluation:
        # without gradients a batch takes a fraction of what it takes in training
        batches = self.data.batches(split, 4 * self.program.data.batch_size)
        samples = self.data.size(split)
        return evaluate(self.evaluated, self.measure, batches, samples, self.program, split, final=final)

    # ---- saving and going back ----

    def save(self, progress: Progress, *, final: bool = False) -> None:
        """Commit a checkpoint, of the `final` weights or on the way. Chance follows from the seed and the moment, so no
        generator has to be saved.

        Weights that overflowed are none to go on from: Overflow or NetspecError is raised in their place.
        """
        if not all_finite(self.network.state_dict().values()):
            raise self._overflow("a weight", progress.epoch + 1, progress.batch - 1)
        if progress.batch:
            # at an epoch's end they are measured
            self._measure_norms(progress, None if final else NORM_BATCHES)
        state: dict[str, Any] = {
            "spec": self.program.hash,
            "seed": self.program.train.seed,
            "data": self.data.data_record.digest,
            "statistics": [dict(fitted) for fitted in self.data.data_record.fitted],
            "environment": environment(self.device),
            **progress.as_data(),
        }
        tensors = {MODEL: self.evaluated.state_dict()}
        if self.evaluated is not self.network:
            tensors[TRAINED] = self.network.state_dict()
        best = progress.standing.best_epoch
        self.checkpoints.save(progress.moment, tensors, self.steps.state(), state, best=best)

    def resume(self) -> tuple[Progress, Resumed | None]:
        """Go on from the newest checkpoint that is whole; from the start, with None, if there is none at all."""
        self.checkpoints.clear()
        saved, damages = self.checkpoints.newest()
        if saved is None:
            if damages:
                raise damages[0]
            return Progress(), None
        progress = self.load(saved)
        # what is damaged and newer would be taken for the state of what comes now
        self.checkpoints.discard(progress.moment)
        return progress, Resumed(
            progress.moment,
            tuple(diagnostic.message for error in damages for diagnostic in error.diagnostics),
            tuple(self._differences(saved.state.get("environment", {}))),
        )

    def load(self, saved: Saved) -> Progress:
        """Bring everything back to what a checkpoint holds. Raises NetspecError if it isn't of this training."""
        ensure_same(self.program, self.data.data_record, saved.state.get("data"), saved.path)
        saved.ensure_of(self.program.hash)
        try:
            progress = Progress.of(saved.state)
            load_into(self.network, saved.tensors.get(TRAINED, saved.tensors[MODEL]))
            if self.average is not None:
                self.average.load(saved.tensors[MODEL], started=TRAINED in saved.tensors)
            self.steps.load(saved.optimizer())
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise NetspecError.of(CheckpointDamaged(None, str(saved.path), "it is of another training")) from error
        return progress

    def restore(self, epoch: int) -> None:
        """Go back to the weights after an epoch."""
        self.evaluated.load_state_dict(load_weights(self.checkpoints.path(Moment(epoch))))

    def _differences(self, before: Any) -> list[str]:
        """What is different from when a checkpoint was saved, so that the bits may differ."""
        now = environment(self.device)
        before = before if isinstance(before, dict) else {}
        return [f"{name} is {now[name]}, and was {before.get(name)}" for name in now if before.get(name) != now[name]]
