"""Train a program: one loop, read from top to bottom, that says what happens in events."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import fsum, isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.builder.freeze import freeze
from netspec.catalogue.sources import DataError
from netspec.catalogue.stops import Standing, Stop
from netspec.catalogue.types import Classes
from netspec.data.prepare import Prepared, prepare
from netspec.problems.base import NetspecError
from netspec.problems.running import JudgementNotFinite, LossNotFinite, NoMemory
from netspec.program.data_errors import as_problem
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from netspec.runner.averaging import Averaging
from netspec.runner.checkpoint import Checkpoints, last_checkpoint, load_weights
from netspec.runner.costs import Costs
from netspec.runner.device import memory, reproducible, seeded
from netspec.runner.environment import environment
from netspec.runner.events import EpochEnded, Event, Finished, Judgement, RunResult, Started, Stopped
from netspec.runner.folder import RunFolder
from netspec.runner.judge import judge, mean_over_samples
from netspec.runner.mixing import MixedBatch
from netspec.runner.record import run_record
from netspec.runner.steps import Steps


def train(program: Program, folder: RunFolder, device: torch.device) -> Generator[Event]:
    """Run a program in its folder, event by event; what goes wrong is a NetspecError.

    Who doesn't listen to the end closes it: until then torch is set to compute reproducibly.
    """
    began = perf_counter()
    stop, last = program.train.stop, program.train.epochs
    with reproducible(device), memory_problems(program, device):
        training = Training.of(program, folder, device)
        started = Started(training.program, folder.path, training.data.data_used, str(device), environment(device))
        folder.begin()
        yield started

        standing, stopped = Standing(), None
        history: list[dict[str, float]] = []
        for epoch in range(1, last + 1):
            values = training.train_epoch(epoch) | training.validate(epoch)
            standing = observe(stop, standing, epoch, values)
            ended = EpochEnded(epoch, values, best=standing.best_epoch == epoch)
            history.append(ended.row())
            stopped = stop.reason(standing) if stop and epoch < last else None
            if ended.best or stopped or epoch == last or program.train.checkpoint.is_due(epoch):
                training.save(epoch, standing, history)
            yield ended
            if stopped:
                yield Stopped(epoch, stopped)
                break

        best = standing.best_epoch
        restored = best if stop and stop.restores() and best != len(history) else None
        if restored is not None:
            training.restore(restored)
        test = training.judge("test") if started.data.test else None
        result = RunResult.of(started, history, best, stopped, restored, test, perf_counter() - began)
        folder.write_json("run.json", run_record(result))
        yield Finished(result)
        ensure_judged(result)


def observe(stop: Stop | None, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
    """How the training stands after an epoch; without a stop the smallest loss of validation marks the best one."""
    if stop is not None:
        return stop.observe(standing, epoch, values)
    loss = values.get("validation.loss")
    return standing if loss is None else standing.after(epoch, loss)


def ensure_judged(result: RunResult) -> None:
    """Refuse a test loss that overflowed; by then the run is saved, since its weights are finite."""
    if result.test is not None and not isfinite(result.test.values["loss"]):
        raise NetspecError.of(JudgementNotFinite(result.program.span_of("data.source"), str(result.folder)))


@dataclass(frozen=True)
class Training:
    """What a run works with: the data, the network, the loss module, the steps and the checkpoints.

    `costs` is what the weights cost, `average` the running mean of them if one is taken, and `still` are the layers
    that are in evaluation mode also in training.
    """

    program: Program
    data: Prepared
    network: nn.Module
    measure: nn.Module
    costs: Costs
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
        kept = program.train.checkpoint.kept()
        # the weights alone of the checkpoints that are there at once: those that are kept and the one being written
        size = sum(tensor.nbytes for tensor in network.state_dict().values())
        folder.require(size * min(kept + 1, program.train.epochs))
        try:
            data = prepare(program, device)
        except DataError as error:
            raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
        bounds = batch_bounds(len(data.training.targets), program.data.batch_size)
        steps = Steps.of(program, network, [end - start for start, end in bounds])
        return cls(
            data.program,
            data,
            network,
            program.loss.build().to(device),
            Costs.of(program, network),
            steps,
            Averaging(entry, network, steps.clock.total) if (entry := program.train.average) else None,
            still,
            Checkpoints(folder.checkpoints, kept),
            device,
        )

    def train_epoch(self, epoch: int) -> dict[str, float]:
        """One pass over the training samples. The device is waited for once, at its end."""
        network, measure, steps, entry = self.network, self.measure, self.steps, self.program.loss
        train = self.program.train
        counts = isinstance(self.program.type.target, Classes)
        losses: list[Tensor] = []
        sizes: list[int] = []
        rights: list[Tensor] = []
        began = perf_counter()
        network.train()
        for module in self.still:
            module.eval()
        with seeded(self.device, seed_for(train.seed, "epoch", epoch)):
            for number, plain in enumerate(self.data.epoch(epoch)):
                batch = MixedBatch.of(plain, train.mix, train.seed, epoch, number)
                output = network(*batch.inputs)
                loss = batch.loss(measure, entry, output)
                cost = self.costs.total()
                ((loss if cost is None else loss + cost) * steps.shares[number]).backward()
                step = steps.after(epoch - 1, number)
                if self.average is not None and step is not None:
                    self.average.after(step)
                losses.append(loss.detach())
                sizes.append(len(batch.targets))
                if counts:
                    rights.append(batch.right(entry.decide(output)))
        mean = mean_over_samples(losses, sizes)
        seconds = perf_counter() - began
        self._ensure_finite("the training loss", mean, epoch)
        # the last step's loss was measured before it moved the weights
        self._ensure_finite("a weight", largest_number(network), epoch)
        if self.average is not None:
            self.average.measure_norms(self.data.epoch(epoch))
        accuracy = {"train.accuracy": fsum(torch.stack(rights).tolist()) / sum(sizes)} if counts else {}
        return {"train.loss": mean, **accuracy, "train.seconds": seconds}

    def validate(self, epoch: int) -> dict[str, float]:
        """The loss and the metrics of the validation split, if there is one."""
        if not self.data.data_used.validation:
            return {}
        judgement = self.judge("validation")
        self._ensure_finite("the validation loss", judgement.values["loss"], epoch)
        return {f"validation.{name}": value for name, value in judgement.values.items()}

    def judge(self, split: str) -> Judgement:
        # without gradients a batch takes a fraction of what it takes in training
        batches = self.data.batches(split, 4 * self.program.data.batch_size)
        return judge(self.judged, self.measure, batches, self.program, split)

    @property
    def judged(self) -> nn.Module:
        """The network whose weights are judged and kept."""
        return self.network if self.average is None else self.average.judged

    def save(self, epoch: int, standing: Standing, history: list[dict[str, float]]) -> None:
        """Commit a checkpoint. Chance follows from the seed and the epoch, so no generator has to be saved."""
        state: dict[str, Any] = {
            "spec": self.program.hash,
            "seed": self.program.train.seed,
            "data": self.data.data_used.digest,
            "statistics": [dict(statistics) for statistics in self.data.data_used.statistics],
            "environment": environment(self.device),
            "standing": asdict(standing),
            "history": history,
        }
        self.checkpoints.save(self.judged, self.steps.optimizer, state, epoch=epoch, best=standing.best_epoch)

    def restore(self, epoch: int) -> None:
        """Go back to the weights after an epoch."""
        self.judged.load_state_dict(load_weights(self.checkpoints.path(epoch)))

    def _ensure_finite(self, what: str, value: float, epoch: int) -> None:
        if isfinite(value):
            return
        kept: Path | None = last_checkpoint(self.checkpoints.folder)
        lr = float(self.steps.optimizer.param_groups[0]["lr"])
        span = self.program.span_of("train.optimizer.lr")
        raise NetspecError.of(LossNotFinite(span, what, epoch, lr, str(kept) if kept else None))


def largest_number(network: nn.Module) -> float:
    """The largest of all weights and running statistics; not finite where one of them isn't."""
    numbers = [tensor for tensor in network.state_dict().values() if tensor.is_floating_point()]
    return float(torch.stack([tensor.abs().max() for tensor in numbers]).max())


def ensure_memory(program: Program, device: torch.device) -> None:
    """Refuse a network whose weights and gradients alone are more than the device has, before it is built."""
    there = memory(device)
    if there is not None and 2 * 4 * program.graph.parameter_count > there:
        raise NetspecError.of(NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size))


@contextmanager
def memory_problems(program: Program, device: torch.device) -> Generator[None]:
    """Turns a full memory into a problem."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch has a class for a full accelerator, but not for a full CPU
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error):
            problem = NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size)
            raise NetspecError.of(problem) from error
        raise
