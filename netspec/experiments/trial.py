"""A trial of a study: an ordinary run in a folder of its own, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path
from statistics import fmean

from netspec.catalogue.sections.search import COSTS, LATENCY, Goal
from netspec.checker import saved_program
from netspec.experiments.latency import latency_of
from netspec.experiments.training import Trainer
from netspec.problems.base import NetspecError
from netspec.problems.running import DataProblem, FolderNotWritable, LossNotFinite, NoMemory
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.runner.events import EpochEnded, Event, PartStarted, RolledBack, Started
from netspec.runner.store.folder import RunFolder
from netspec.runner.store.run_history import has_record
from netspec.runner.store.saved_record import SavedRecord, read_history
from netspec.searcher.study import Task
from netspec.searcher.trials import Outcome


class HopelessError(Exception):
    """A trial is to be stopped after the epoch that ended."""


@dataclass
class Watch:
    """Follows the events of a trial's runs: after each epoch but the last it asks whether the trial is hopeless.

    Of several runs it is the first one that is looked at, as it is with the trials that it is compared with.
    """

    task: Task
    metric: str | None
    epochs: int
    on_event: Callable[[Event], None] | None = None
    course: dict[int, float] = field(default_factory=dict[int, float])
    first: bool = True

    @classmethod
    def of(cls, task: Task, program: Program, on_event: Callable[[Event], None] | None) -> Watch:
        goals = task.terms.goals
        metric = goals[0].name if len(goals) == 1 and goals[0].name not in COSTS else None
        return cls(task, metric, program.train.epochs, on_event)

    def __call__(self, event: Event) -> None:
        if self.on_event is not None:
            self.on_event(event)
        match event:
            case PartStarted():
                self.first = event.number == 1
                if self.first and event.finished:
                    self.read(event.folder, event.folder.parent)
            case Started() | RolledBack() if self.first:
                self.course = self._of(event.history)
                self._ask()
            case EpochEnded() if self.first:
                self.course |= self._of([event.row()])
                self._ask()
            case _:
                pass

    def read(self, folder: Path, within: Path) -> None:
        """Take the course of a run that is finished."""
        self.course = self._of(read_history(folder, within))

    def _of(self, rows: list[dict[str, float]] | tuple[Mapping[str, float], ...]) -> dict[int, float]:
        return {int(row["epoch"]): row.get(self.metric, nan) for row in rows} if self.metric is not None else {}

    def _ask(self) -> None:
        if len(self.course) < self.epochs and self.task.is_hopeless(self.course):
            raise HopelessError


def run_trial(task: Task, program: Program, base: Program, trainer: Trainer) -> Outcome:
    """Train the program of a trial in its folder, or go on with it; `base` is the program of the spec without a search.

    What is wrong with the setting is a failure of the trial. Raises NetspecError for all else, as for a full disk or
    for data that is gone: the trial is then as if it had been interrupted.
    """
    watch = Watch.of(task, program, trainer.on_event)
    try:
        if is_finished(task.folder, program):
            # it came to its end, and nobody could write that down
            first = next((part.name for part in parts_of(program)), "")
            with RunFolder(task.folder, resume=True):  # and its lock may be there still
                watch.read(task.folder / first, task.folder)
        else:
            train_in(task.folder, program, replace(trainer, on_event=watch))
    except HopelessError:
        return Outcome.stopped(watch.course)
    except NetspecError as error:
        if not is_of_setting(error, program, base):
            raise
        return Outcome.failed(error)
    goals = task.terms.goals
    return Outcome.of(goals, values_of(program, task.folder, goals), watch.course)


def is_finished(folder: Path, program: Program) -> bool:
    """Whether a program's run in a folder has come to its end. Raises NetspecError if the folder has another one's."""
    if not has_record(folder):
        return False
    if saved_program(folder).hash != program.hash:
        reason = "it has the run of another setting"
        raise NetspecError.of(FolderNotWritable(None, str(folder), reason, "remove it, and the trial is run again"))
    return True


def train_in(folder: Path, program: Program, trainer: Trainer) -> None:
    """Run a program in a folder, or go on with its run there. Raises NetspecError."""
    resume = folder.exists()
    with RunFolder(folder, resume=resume, resumed_by=trainer.resumed_by) as locked:
        locked.write_spec(program, role=trainer.role)
        trainer.run_all(program, locked, resume=resume)


def values_of(program: Program, folder: Path, goals: tuple[Goal, ...]) -> list[float]:
    """The objectives of a program whose runs are finished: the means over its runs, of the weights that each ended
    with. Raises NetspecError if their records can't be read."""
    return [fmean(values) for values in zip(*values_by_run(program, folder, goals), strict=True)]


def values_by_run(program: Program, folder: Path, goals: tuple[Goal, ...]) -> list[list[float]]:
    """The objectives of each run of a program. Raises NetspecError if their records can't be read."""
    folders = [folder / part.name for part in parts_of(program)] or [folder]
    known: dict[str, float] = {"parameters": program.graph.parameter_count, "flops": program.graph.flops}
    if any(goal.name == LATENCY for goal in goals):
        known[LATENCY] = latency_of(folders[0])
    records = [{**SavedRecord.of(each).values, **known} for each in folders]
    return [[record.get(goal.name, nan) for goal in goals] for record in records]


def is_of_setting(error: NetspecError, program: Program, base: Program) -> bool:
    """Whether an error is one of the trial's setting: numbers that overflow, a network that is too large, or data that
    is wrong where the setting has other data than the spec."""
    found = next((item for item in error.diagnostics if item.is_error), error.diagnostics[0])
    if found.code == NoMemory.code or found.exit_code == LossNotFinite.exit_code:
        return True
    return found.exit_code == DataProblem.exit_code and program.data != base.data
