"""The training loop, read from top to bottom: it trains a program and yields events."""

from __future__ import annotations

from collections.abc import Generator
from math import isfinite
from pathlib import Path

import torch

from netspec.catalogue.stopping import Stop
from netspec.catalogue.values import Quantity
from netspec.data.shared import UNSHARED, Shared
from netspec.interruption import StopRequest
from netspec.problems.base import NetspecError
from netspec.problems.running import EvaluationNotFinite
from netspec.program.program import Program
from netspec.program.training import observe
from netspec.runner.events import EpochEnded, Event, Finished, Halted, RolledBack, RunResult, Started, Stopped
from netspec.runner.machine.allocator import keep_freed_memory
from netspec.runner.machine.environment import environment
from netspec.runner.machine.memory import weights_size
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.record import run_record
from netspec.runner.store.weights_record import write_record
from netspec.runner.train.context import training_context
from netspec.runner.train.epoch import train_epoch, validate
from netspec.runner.train.overflow import Overflow
from netspec.runner.train.progress import MAX_ROLLBACKS, Progress
from netspec.runner.train.state import load_checkpoint, restore_weights, resume_newest, save_checkpoint
from netspec.runner.train.step_control import StepControl
from netspec.runner.train.training import Training
from netspec.saved.formats import RECORD, REPORT
from netspec.saved.moment import Moment


def train(
    program: Program,
    folder: RunFolder,
    device: torch.device,
    *,
    resume: bool = False,
    request: StopRequest | None = None,
    shared: Shared = UNSHARED,
) -> Generator[Event]:
    """Run a program in its folder, event by event. Raises NetspecError.

    With `resume` it resumes from the folder's newest checkpoint. Once `request` is set, the current step is the last
    one: its state is saved, and the last event is Halted. Data may be `shared` with other trainings. A caller that
    doesn't read all events closes the generator: until then torch is set to compute reproducibly.
    """
    with training_context(program, device):
        training = Training.of(program, folder, device, shared)
        progress, resumed = resume_newest(training) if resume else (Progress(), None)
        record, facts = training.data.data_record, environment(device)
        history = tuple(progress.history)
        started = Started(training.program, folder.path, record, str(device), facts, resumed, history, training.loaded)
        if training.loaded and resumed is None:
            write_record(folder, training.loaded)
        folder.begin()
        yield started

        control = StepControl(training, progress.seconds, request or StopRequest())
        if program.train.on_nan == "rollback" and resumed is None:
            save_checkpoint(training, progress)
        with keep_freed_memory():
            ended = yield from train_epochs(training, progress, control, folder.path)
        if ended is None:
            return
        progress, stopped = ended
        result = finish(training, progress, started, stopped, control.seconds)
        # listeners write a report, in the memory that the data took
        del training, control
        folder.remove(REPORT)  # one of an earlier moment would pass for the one that follows the record
        folder.write_json(RECORD.file, run_record(result))
        yield Finished(result)
        ensure_finite_evaluation(result)


def train_epochs(
    training: Training, progress: Progress, control: StepControl, folder: Path
) -> Generator[Event, None, tuple[Progress, str | None] | None]:
    """Train epoch after epoch to the last; returns the progress, and the reason if it ended before its last epoch.

    None if it was requested to end: its state is saved, and nothing comes after that.
    """
    train = training.program.train
    # a run that was killed after its end has nothing left to train
    stopped = stop_reason(train.stop, progress, train.epochs) or (over(train.max_time) if control.is_spent else None)
    while progress.epoch < train.epochs and not stopped:
        epoch = progress.epoch + 1
        try:
            values = yield from train_epoch(training, progress, control.should_stop)
            if values is None:
                out_of_time, progress.seconds = control.out_of_time, control.seconds
                save_checkpoint(training, progress, final=out_of_time)
                if not out_of_time:
                    yield Halted(progress.moment, folder)
                    return None
                stopped = over(train.max_time)
                yield Stopped(progress.epoch, stopped)
                break
            values |= validate(training, epoch)
        except Overflow as overflow:
            progress = roll_back(training, progress, overflow)
            yield RolledBack(progress.moment, str(overflow), 0.5**progress.rollbacks, tuple(progress.history))
            continue
        standing = observe(train.stop, progress.standing, epoch, values)
        ended = EpochEnded(epoch, values, best=standing.best_epoch == epoch)
        progress.seconds = control.seconds
        progress.end_epoch(ended.row(), standing)
        stopped = stop_reason(train.stop, progress, train.epochs)
        if ended.best or stopped or epoch == train.epochs or train.checkpoint.is_due(epoch):
            save_checkpoint(training, progress)
            control.saved()
        yield ended
        if stopped:
            yield Stopped(epoch, stopped)
    return progress, stopped


def finish(training: Training, progress: Progress, started: Started, stopped: str | None, seconds: float) -> RunResult:
    """Restore the weights of the best epoch if the spec says so, and evaluate on the test split; on the validation
    split if there is no test split, or it isn't to be evaluated on."""
    stop, best = training.program.train.stop, progress.standing.best_epoch
    # within an epoch the weights are those of no epoch
    at_best = best is not None and progress.moment == Moment(best)
    restored = best if stop and stop.restores() and not at_best else None
    if restored is not None:
        restore_weights(training, restored)
    split = started.data.evaluated_split(training.program.evaluate)
    evaluation = training.evaluate(split) if split else None
    network = training.eval_network
    samples = ReportSamples.of(network, training.data, split, evaluation.predictions if evaluation else None)
    size = weights_size(network)
    teachers = training.teaching.records if training.teaching else ()
    return RunResult.of(
        started,
        progress.history,
        best,
        stopped,
        restored,
        evaluation,
        samples,
        seconds,
        size,
        notes_on(training),
        teachers,
    )


def notes_on(training: Training) -> tuple[str, ...]:
    """What didn't come to pass in a training, in sentences without a full stop."""
    notes = [training.feed.note] if training.feed.note else []
    averaging = training.averaging
    if averaging is not None and not averaging.started:
        notes.append(f"`{averaging.entry.name()}` never began: the weights are those of training, without an average")
    return tuple(notes)


def roll_back(training: Training, progress: Progress, overflow: Overflow) -> Progress:
    """Load the newest checkpoint, to train at half the learning rate. Raises NetspecError after too many rollbacks."""
    newest, _ = training.checkpoints.newest()
    if newest is None or progress.rollbacks == MAX_ROLLBACKS:
        raise overflow.problem
    earlier = load_checkpoint(training, newest)
    # what is damaged and newer would be taken for the state of what comes now
    training.checkpoints.discard(earlier.moment)
    earlier.rollbacks = progress.rollbacks + 1
    return earlier


def stop_reason(stop: Stop | None, progress: Progress, last: int) -> str | None:
    """Why the training ends before its last epoch; None if it doesn't."""
    between = 0 < progress.epoch < last and not progress.batch
    return stop.reason(progress.standing) if stop and between else None


def over(limit: Quantity | None) -> str:
    return f"max_time of {limit} is over"


def ensure_finite_evaluation(result: RunResult) -> None:
    """Refuse a test loss that overflowed; by then the run is saved, since its weights are finite."""
    if result.test is not None and not isfinite(result.test.values["loss"]):
        raise NetspecError.of(EvaluationNotFinite(result.program.span_of("data.source"), str(result.folder)))
