"""What there is to tell of a study while it goes on, and what it has come to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.searcher.history import History
from netspec.searcher.study import Study
from netspec.searcher.trials import Outcome, Trial

if TYPE_CHECKING:
    from netspec.report.confirmed import Verdict


@dataclass(frozen=True)
class TrialEnded:
    """It is known what became of a trial; of one that repeats another one, of that. `history` is that of its study."""

    trial: Trial
    outcome: Outcome
    history: History


@dataclass(frozen=True)
class StudyResult:
    """A study in its folder, as far as it is. `verdict` is what came of training the best trials again, if the spec has
    that; `spec` is the path of the best setting's, and `in_place` whether that can be run where it is;
    `report` is that of the page."""

    folder: Path
    history: History
    verdict: Verdict | None = None
    spec: Path | None = None
    in_place: bool = True
    report: Path | None = None

    @property
    def best(self) -> Trial | None:
        """The best trial, if it was confirmed the best of those; with several objectives that of the first one; None if
        none went to its end."""
        if self.verdict is not None:
            return self.verdict.trials[0].trial
        return next(iter(self.history.ranked()), None)


class News:
    """Calls `on_trial` with each trial of a study that ends from now on, in whichever process, once."""

    def __init__(self, study: Study, on_trial: Callable[[TrialEnded], None] | None) -> None:
        self._study = study
        self._on_trial = on_trial
        history = study.history
        self._told = {trial.number for trial in history.trials if history.outcome(trial.number) is not None}

    def tell(self) -> None:
        """Tell of the trials that have ended since the last time."""
        history = self._study.refresh()
        for trial in history.trials if self._on_trial is not None else ():
            outcome = history.outcome(trial.number)
            if outcome is not None and trial.number not in self._told:
                self._told.add(trial.number)
                assert self._on_trial is not None
                self._on_trial(TrialEnded(trial, outcome, history))


def resuming(folder: Path) -> str:
    """The command that goes on with the study in a folder."""
    return f"netspec search --resume {folder}"


@contextmanager
def noted(folder: Path) -> Generator[None]:
    """Have an interruption say how to go on with the study in a folder."""
    try:
        yield
    except KeyboardInterrupt as error:
        if not getattr(error, "__notes__", ()):
            error.add_note(f"`{resuming(folder)}` goes on")
        raise
