"""A study carried out by this process: its trials, one after the other, each an ordinary run below its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from netspec.data.shared import Shared
from netspec.experiments.best import BEST, write_best
from netspec.experiments.confirming import confirm
from netspec.experiments.news import News, StudyResult, TrialEnded, noted, resuming
from netspec.experiments.study_folder import StudyFolder
from netspec.experiments.study_report import write_study_report
from netspec.experiments.tidying import tidy
from netspec.experiments.training import Trainer
from netspec.experiments.trial import run_trial
from netspec.interruption import StopRequest
from netspec.problems.base import NetspecError
from netspec.program.space import Role, trial_program
from netspec.runner.events import Event
from netspec.runner.machine.device import choose_device, total_memory
from netspec.searcher.study import Task
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import POLL, work

SHARE, UNKNOWN_MEMORY = 1 / 16, 16 * 2**30
"""How much of a device's memory the data of trials may take that isn't trained with now; and how much there is where
that isn't known."""


@dataclass
class StudyRun:
    """What this process does for a study. `on_trial` is called with each trial that ends while it runs, also in other
    processes; `on_event` with each event of the runs here. Only one process `concludes` a study."""

    folder: StudyFolder
    device: str | None = None
    on_trial: Callable[[TrialEnded], None] | None = None
    on_event: Callable[[Event], None] | None = None
    request: StopRequest = field(default_factory=StopRequest)
    concludes: bool = True

    def __post_init__(self) -> None:
        self._base = trial_program(self.folder.declared.program)
        memory = total_memory(choose_device(self._base, self.device)) or UNKNOWN_MEMORY
        self._trainer = Trainer(
            self.device,
            on_event=self.on_event,
            request=self.request,
            role=Role.TRIAL,
            pages=False,
            resumed_by=resuming(self.folder.path),
            shared=Shared(int(SHARE * memory)),
        )
        self._news = News(self.folder.study, self.on_trial)
        self._tidied: set[int] = set()

    def run(self) -> StudyResult:
        """Run trials until the study has all of them. Raises NetspecError where it can't go on, and KeyboardInterrupt
        once the request has it, with a note on how to resume: then nothing is lost."""
        with noted(self.folder.path):
            work(self.folder.study, self._run, wait=self._wait)
            self._look()
            return self.conclude() if self.concludes else StudyResult(self.folder.path, self.folder.history)

    def conclude(self) -> StudyResult:
        """Confirm the best trials of a study that has all of them, if it is to be; write its page and the best spec."""
        found = StudyResult(self.folder.path, self.folder.study.refresh(), confirm(self.folder, self._trainer))
        if found.best is not None:
            in_place = write_best(self.folder, found.best)
            found = replace(found, spec=self.folder.path / BEST, in_place=in_place)
        return replace(
            found,
            history=self.folder.history,
            report=write_study_report(self.folder.path, declared=self.folder.declared),
        )

    def _run(self, task: Task) -> Outcome:
        self._look()
        self._ensure_wanted()
        setting = self.folder.declared.settings.at(task.trial.params)
        if setting.program is None:
            self.folder.declared.ensure_as_it_was()
            return Outcome.failed(NetspecError(setting.errors))
        return run_trial(task, setting.program, self._base, self._trainer)

    def _look(self) -> None:
        """Tell of what has ended, and make room on the disk."""
        self._news.tell()
        confirmation = self.folder.declared.search.confirm
        kept = confirmation.trials if confirmation is not None else 0
        tidy(self.folder.path, self.folder.history, kept, self._tidied)

    def _wait(self) -> None:
        self._look()
        self._ensure_wanted()
        time.sleep(POLL)

    def _ensure_wanted(self) -> None:
        if self.request.error is not None:
            raise self.request.error
