"""Train a program: one loop, read from top to bottom, that says what happens in events."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from math import isfinite
from pathlib import Path
from time import perf_counter

import torch

from netspec.catalogue.stopping import Standing, Stop
from netspec.interruption import Request
from netspec.problems.base import NetspecError
from netspec.problems.running import EvaluationNotFinite
from netspec.program.program import Program
from netspec.runner.events import EpochEnded, Event, Finished, Halted, RolledBack, RunResult, Started, Stopped
from netspec.runner.machine.allocator import freed_memory_kept
from netspec.runner.machine.environment import environment
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.checkpoint import Moment
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.record import run_record
from netspec.runner.train.conditions import conditions
from netspec.runner.train.progress import ROLLBACKS, Progress
from netspec.runner.train.training import Overflow, Training


def train(
    program: Program,
    folder: RunFolder,
    device: torch.device,
    *,
    resume: bool = False,
    request: Request | None = None,
) -> Generator[Event]:
    """Run a program in its folder, event by event; what goes wrong is a NetspecError.

    With `resume` it goes on from the folder's newest checkpoint. Once `request` is set, the step under way is the last
    one: its state is saved, and the last event is Halted. Who doesn't listen to the end closes it: until then torch is
    set to compute reproducibly.
    """
    with conditions(program, device):
        training = Training.of(program, folder, device)
        progress, resumed = training.resume() if resume else (Progress(), None)
        used, facts = training.data.data_record, environment(device)
        started = Started(training.program, folder.path, used, str(device), facts, resumed, tuple(progress.history))
        folder.begin()
        yield started

        watch = Watch(training, progress.seconds, request or Request())
        if program.train.on_nan == "rollback" and resumed is None:
            training.save(progress)
        with freed_memory_kept():
            ended = yield from train_epochs(training, progress, watch, folder.path)
        if ended is None:
            return
        progress, stopped = ended
        result = finish(training, progress, started, stopped, watch.seconds)
        # whoever listens makes a report, for which there is room where the data was
        del training, watch
        folder.write_json("run.json", run_record(result))
        yield Finished(result)
        ensure_finite_evaluation(result)


def train_epochs(
    training: Training, progress: Progress, watch: Watch, folder: Path
) -> Generator[Event, None, tuple[Progress, str | None] | None]:
    """Epoch after epoch, until one is the last: how far the training came, and what stopped it before its last epoch.

    None if it was asked to end: its state is saved, and nothing comes after that.
    """
    train = training.program.train
    stopped = ended_before(train.stop, progress, train.epochs)
    while progress.epoch < train.epochs and not stopped:
        epoch = progress.epoch + 1
        try:
            values = yield from training.train_epoch(progress, watch.ended)
            if values is None:
                late = watch.is_late
                training.save(progress, final=late)
                if not late:
                    yield Halted(progress.moment, folder)
                    return None
                stopped = f"max_time of {train.max_time} is over"
                yield Stopped(progress.epoch, stopped)
                break
            values |= training.validate(epoch)
        except Overflow as overflow:
            progress = go_back(training, progress, overflow)
            yield RolledBack(progress.moment, str(overflow), 0.5**progress.slowed, tuple(progress.history))
            continue
        standing = observe(train.stop, progress.standing, epoch, values)
        ended = EpochEnded(epoch, values, best=standing.best_epoch == epoch)
        progress.seconds = watch.seconds
        progress.end_epoch(ended.row(), standing)
        stopped = ended_before(train.stop, progress, train.epochs)
        if ended.best or stopped or epoch == train.epochs or train.checkpoint.is_due(epoch):
            training.save(progress)
            watch.saved()
        yield ended
        if stopped:
            yield Stopped(epoch, stopped)
    return progress, stopped


def finish(training: Training, progress: Progress, started: Started, stopped: str | None, seconds: float) -> RunResult:
    """Go back to the weights of the best epoch where the spec says so, and judge on the test split; where there is
    none, the report has the judgement of validation."""
    stop, best = training.program.train.stop, progress.standing.best_epoch
    # within an epoch the weights are those of no epoch
    there = best is not None and progress.moment == Moment(best)
    restored = best if stop and stop.restores() and not there else None
    if restored is not None:
        training.restore(restored)
    split = started.data.evaluated_split
    evaluation = training.evaluate(split) if split else None
    shown = ReportSamples.of(training.data, split, evaluation.predictions if evaluation else None)
    return RunResult.of(started, progress.history, best, stopped, restored, evaluation, shown, seconds)


class Watch:
    """What ends an epoch before its last batch, and what is saved within it."""

    def __init__(self, training: Training, before: float, request: Request) -> None:
        self.training = training
        self.before = before
        self.request = request
        self.began = self.last_saved = perf_counter()
        limit = training.program.train.max_time
        self.limit = limit.seconds if limit else None

    @property
    def seconds(self) -> float:
        """How long the run takes so far, what came before it was resumed included."""
        return self.before + perf_counter() - self.began

    @property
    def is_late(self) -> bool:
        return self.limit is not None and self.seconds > self.limit

    def ended(self, progress: Progress) -> bool:
        """Whether the step just taken is the last one for now; saves in between where the spec says so."""
        progress.seconds = self.seconds
        step = self.training.steps.count(progress.moment)
        if self.request.asks(step) or self.is_late:
            return True
        if self.training.program.train.checkpoint.is_due_within(step, perf_counter() - self.last_saved):
            self.training.save(progress)
            self.saved()
        return False

    def saved(self) -> None:
        self.last_saved = perf_counter()


def go_back(training: Training, progress: Progress, overflow: Overflow) -> Progress:
    """Go on from the newest checkpoint at half the learning rate. Raises NetspecError if that didn't help either."""
    saved, _ = training.checkpoints.newest()
    if saved is None or progress.slowed == ROLLBACKS:
        raise overflow.problem
    earlier = training.load(saved)
    # what is damaged and newer would be taken for the state of what comes now
    training.checkpoints.discard(earlier.moment)
    earlier.slowed = progress.slowed + 1
    return earlier


def ended_before(stop: Stop | None, progress: Progress, last: int) -> str | None:
    """Why the training ends before its last epoch, if it does."""
    between = 0 < progress.epoch < last and not progress.batch
    return stop.reason(progress.standing) if stop and between else None


def observe(stop: Stop | None, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
    """How the training stands after an epoch; without a stop the smallest loss of validation marks the best one."""
    if stop is not None:
        return stop.observe(standing, epoch, values)
    loss = values.get("validation.loss")
    return standing if loss is None else standing.after(epoch, loss)


def ensure_finite_evaluation(result: RunResult) -> None:
    """Refuse a test loss that overflowed; by then the run is saved, since its weights are finite."""
    if result.test is not None and not isfinite(result.test.values["loss"]):
        raise NetspecError.of(EvaluationNotFinite(result.program.span_of("data.source"), str(result.folder)))
