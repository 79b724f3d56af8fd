"""Studies and their trials as JSON data, from their folders; loads no torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netspec.catalogue.domain import value_to_json
from netspec.catalogue.sections.search import Goal
from netspec.formats.confined import is_file_of
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.saved.formats import STUDY
from netspec.searcher.history import History, read_history
from netspec.searcher.study import TRIALS
from netspec.searcher.trials import Outcome, Trial


def is_study(folder: Path) -> bool:
    """Whether a folder is that of a study."""
    return is_file_of(folder / STUDY.file, folder)


def is_over(history: History) -> bool:
    """Whether a study has all of its trials, and all of them have ended."""
    return len(history.trials) == history.total and not history.open()


def study_facts(folder: Path) -> dict[str, Any]:
    """The state of the study in a folder, how many of its trials have ended, and the best one's objectives, with
    several that of the first one; a study that can't be read has neither."""
    try:
        history = read_history(folder)
    except NetspecError:
        return {"study": str(folder), "state": "unreadable", "trials": None, "total": None, "best": None, "trial": None}
    best = next(iter(history.ranked()), None)
    return {
        "study": str(folder),
        "state": "finished" if is_over(history) else "not finished",
        "trials": len(history.trials) - len(history.open()),
        "total": history.total,
        "best": None if best is None or best.outcome is None else _values(history.terms.goals, best.outcome),
        "trial": None if best is None else best.number,
    }


def trial_facts(folder: Path) -> list[dict[str, Any]]:
    """The trials of the study in a folder, in their order. Raises NetspecError if there is none that can be read."""
    history = read_history(folder)
    return [_facts(folder, trial, history) for trial in history.trials]


def best_runs(folder: Path, most: int) -> list[Path]:
    """The folders of the best trials of the study in a folder, the best first. Raises NetspecError if none went to its
    end."""
    found = read_history(folder).ranked()[:most]
    if not found:
        raise NetspecError.of(NoRun(None, str(folder), "no trial of its study went to its end"))
    return [folder / TRIALS / trial.name for trial in found]


def _facts(folder: Path, trial: Trial, history: History) -> dict[str, Any]:
    outcome = history.outcome(trial.number)
    return {
        "trial": trial.number,
        "run": None if trial.same_as is not None else str(folder / TRIALS / trial.name),
        "state": "not ended" if outcome is None else outcome.state,
        "same_as": trial.same_as,
        "values": {} if outcome is None else _values(history.terms.goals, outcome),
        "last": history.trials[(trial.same_as or trial.number) - 1].last(),
        "epochs": max(outcome.course) if outcome is not None and outcome.course else None,
        "params": {name: value_to_json(value) for name, value in trial.params.items()},
        "error": outcome.failure.code if outcome is not None and outcome.failure is not None else None,
    }


def _values(goals: tuple[Goal, ...], outcome: Outcome) -> Mapping[str, float]:
    """The objectives of a trial that went to its end, by their names."""
    return dict(zip((goal.name for goal in goals), outcome.values or (), strict=False))
