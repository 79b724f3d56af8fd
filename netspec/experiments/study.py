"""A study carried out by this process: its trials, one after the other, each an ordinary run below its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from netspec.experiments.study_folder import StudyFolder
from netspec.experiments.training import Trainer
from netspec.experiments.trial import run_trial
from netspec.interruption import StopRequest
from netspec.problems.base import NetspecError
from netspec.program.space import Role, trial_program
from netspec.runner.events import Event
from netspec.searcher.history import History
from netspec.searcher.study import Task
from netspec.searcher.trials import Outcome, Trial
from netspec.searcher.worker import POLL, work


@dataclass(frozen=True)
class TrialEnded:
    """It is known what became of a trial; of one that repeats another one, of that. `history` is that of its study."""

    trial: Trial
    outcome: Outcome
    history: History


@dataclass(frozen=True)
class StudyResult:
    """A study in its folder, as far as it is."""

    folder: Path
    history: History

    @property
    def best(self) -> Trial | None:
        """The best trial, with several objectives that of the first one; None if none went to its end."""
        return next(iter(self.history.ranked()), None)


def resuming(folder: Path) -> str:
    """The command that goes on with the study in a folder."""
    return f"netspec search --resume {folder}"


@dataclass
class StudyRun:
    """What this process does for a study. `on_trial` is called with each trial that ends while it runs, also in other
    processes; `on_event` with each event of the runs here."""

    folder: StudyFolder
    device: str | None = None
    on_trial: Callable[[TrialEnded], None] | None = None
    on_event: Callable[[Event], None] | None = None
    request: StopRequest = field(default_factory=StopRequest)

    def __post_init__(self) -> None:
        self._trainer = Trainer(
            self.device, (), self.on_event, self.request, Role.TRIAL, False, resuming(self.folder.path)
        )
        self._base = trial_program(self.folder.declared.program)
        history = self.folder.history
        self._told = {trial.number for trial in history.trials if history.outcome(trial.number) is not None}

    def run(self) -> StudyResult:
        """Run trials until the study has all of them. Raises NetspecError where it can't go on, and KeyboardInterrupt
        once the request has it, with a note on how to resume: then nothing is lost."""
        try:
            work(self.folder.study, self._run, wait=self._wait)
            self._tell()
        except KeyboardInterrupt as error:
            if not getattr(error, "__notes__", ()):
                error.add_note(f"`{resuming(self.folder.path)}` goes on")
            raise
        return StudyResult(self.folder.path, self.folder.history)

    def _run(self, task: Task) -> Outcome:
        self._tell()
        self._ensure_wanted()
        setting = self.folder.declared.settings.at(task.trial.params)
        if setting.program is None:
            self.folder.declared.ensure_as_it_was()
            return Outcome.failed(NetspecError(setting.errors))
        return run_trial(task, setting.program, self._base, self._trainer)

    def _wait(self) -> None:
        self._tell()
        self._ensure_wanted()
        time.sleep(POLL)

    def _ensure_wanted(self) -> None:
        if self.request.error is not None:
            raise self.request.error

    def _tell(self) -> None:
        """Tell of the trials that have ended since the last time."""
        history = self.folder.study.refresh()
        for trial in history.trials if self.on_trial is not None else ():
            outcome = history.outcome(trial.number)
            if outcome is not None and trial.number not in self._told:
                self._told.add(trial.number)
                assert self.on_trial is not None
                self.on_trial(TrialEnded(trial, outcome, history))
