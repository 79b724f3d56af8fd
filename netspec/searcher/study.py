"""A study: which trial is to run next, by any of several processes, and what becomes of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from netspec.catalogue.search_methods import MOST_TRIALS
from netspec.catalogue.search_stops import Course
from netspec.files import file_problems
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.studies import StudyChanged, TrialCrashed, WrongTotal
from netspec.searcher.crashes import LIMIT
from netspec.searcher.history import History, follow
from netspec.searcher.journal import Journal
from netspec.searcher.lease import Lease
from netspec.searcher.proposals import Proposals, Space
from netspec.searcher.terms import Terms
from netspec.searcher.trials import Outcome, Trial, costs_of

TRIALS = "trials"
"""The folder of a study with the runs of its trials."""


@immutable
class Task:
    """A trial that this process is to run, or to go on with: its run may have begun before. Leaving its block gives it
    back; if nothing was said of what became of it, it is lost, and taken by whoever asks next."""

    trial: Trial
    folder: Path
    lease: Lease
    terms: Terms
    others: tuple[Course, ...]

    def is_hopeless(self, course: Mapping[int, float]) -> bool:
        """Whether to stop it after the last epoch of its course, the values of the objective by epoch."""
        stop, goals = self.terms.stop, self.terms.goals
        if stop is None or not course:
            return False
        return stop.is_hopeless(Course(self.trial.number, costs_of(goals, course)), self.others, self.terms.epochs)

    def __enter__(self) -> Task:
        return self

    def __exit__(self, *error: object) -> None:
        self.lease.close()


class Wait:
    """Nothing is to run now: other processes run the last trials of a round."""


WAIT = Wait()


class Study:
    """A study in its folder. Any number of processes may have it open at once; all that it is stands in its journal."""

    def __init__(self, folder: Path, terms: Terms, space: Space) -> None:
        """Open a study that was begun. Raises NetspecError: StudyChanged if it was begun on other terms."""
        self.folder = folder
        self._journal = Journal(folder)
        self._history = follow(self._journal, None)
        self._proposals = Proposals(space)
        if changes := self._history.terms.changes(terms):
            raise NetspecError.of(StudyChanged(None, str(folder), changes))

    @classmethod
    def begin(cls, folder: Path, terms: Terms, total: int, space: Space) -> Study:
        """Begin a study of so many trials in a folder that has none, or open the one that was begun there, which keeps
        its number of trials. Raises NetspecError as the study itself, and for a number of trials that none has."""
        ensure_total(total)
        with file_problems(folder):
            folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder)
        with journal.locked():
            if not any(True for _ in journal.news(new=True)):
                journal.append(History.begin(terms, total))
        return cls(folder, terms, space)

    @property
    def history(self) -> History:
        """What was known of the study when it was last looked at."""
        return self._history

    def refresh(self) -> History:
        """What is known of the study now."""
        self._history = follow(self._journal, self._history)
        return self._history

    def take(self) -> Task | Wait | None:
        """The next trial for this process: one that was lost, or a new one. `WAIT` if there may be one when others have
        ended theirs; None if the study has all its trials and all of them have ended. Raises NetspecError."""
        with self._locked():
            while (task := self._take_lost()) is None:
                if not self._propose():
                    return WAIT if self._history.open() else None
            return task

    def end(self, task: Task, outcome: Outcome) -> None:
        """Write down what became of a trial, and give it back. Raises NetspecError if that can't be written: then it
        can be taken again, and its run has ended."""
        assert task.lease.held, "a trial is ended by who runs it"
        with self._locked():
            self._end(task, outcome)

    def set_total(self, total: int) -> None:
        """Change how many trials the study is to have, those that there are included, at most `MOST_TRIALS`. Raises
        NetspecError, also if it has more."""
        with self._locked():
            ensure_total(total, len(self._history.trials))
            if total != self._history.total:
                self._write({"total": total})

    def confirm(self, number: int, values: list[list[float] | None]) -> None:
        """Write down the values of the objectives in the runs of a trial with several seeds, None for a run that
        failed. Raises NetspecError."""
        with self._locked():
            self._write({"confirmed": number, "values": values})

    def _take_lost(self) -> Task | None:
        """A trial that no process runs; one whose process crashed too often has failed."""
        for trial in self._history.open():
            folder = self.folder / TRIALS / trial.name
            if (lease := Lease.take(self.folder, trial.name, folder)) is None:
                continue
            others = tuple(self._history.courses_before(trial.number))
            task = Task(trial, folder, lease, self._history.terms, others)
            if len(lease.crashes) < LIMIT:
                return task
            self._end(task, Outcome.failed(NetspecError.of(TrialCrashed(None, lease.crashes))))
        return None

    def _propose(self) -> bool:
        """Add the next trial. Returns False if there is none, or none before others have ended."""
        history = self._history
        number = len(history.trials) + 1
        if number > history.total or not history.known(history.before_round_of(number)):
            return False
        setting = self._proposals.next(history)
        if setting is None:
            self._write({"total": number - 1})
            return False
        try:
            unread = [name for name in setting.drawn if name not in setting.values]
            self._write(history.proposed(setting.drawn, unread))
        except BaseException:
            self._proposals.forget()
            raise
        return True

    def _end(self, task: Task, outcome: Outcome) -> None:
        self._write(History.ended(task.trial.number, outcome))
        task.lease.remove()

    def _write(self, line: dict[str, Any]) -> None:
        self._history.ensure_next(line)  # a line that can't be read would be the end of the study
        self._journal.append(line)
        self.refresh()

    @contextmanager
    def _locked(self) -> Generator[None]:
        with self._journal.locked():
            self.refresh()
            yield


def ensure_total(total: int, known: int = 1) -> None:
    """Refuse a number of trials that no study has, or one of fewer than it has already. Raises NetspecError."""
    if not known <= total <= MOST_TRIALS:
        raise NetspecError.of(WrongTotal(None, total, known, MOST_TRIALS))
