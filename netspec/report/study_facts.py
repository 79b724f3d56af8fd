"""What there is to say of a study, read from its folder, and the rows of its table of trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netspec.program.program import Program
from netspec.program.search_plan import SearchPlan
from netspec.report.confirmed import Verdict
from netspec.searcher.history import History
from netspec.searcher.lines import best_trials
from netspec.searcher.trials import Trial


@dataclass(frozen=True)
class StudyFacts:
    """A study as its folder has it. `links` are the addresses of the runs of trials and of those that confirm them, as
    `0003` and `confirm/0003`, relative to the page; `epochs` is how many each trial was trained for. `when` is the time
    of the last line of its journal."""

    program: Program
    plan: SearchPlan
    history: History
    verdict: Verdict | None
    epochs: Mapping[int, int]
    links: Mapping[str, str]
    when: datetime


@dataclass(frozen=True)
class Row:
    """A trial in the table: what became of it, its objectives, None where it has none, its params, None for one that it
    doesn't have, and what else there is to say."""

    number: int
    state: str
    is_best: bool
    values: tuple[float | None, ...]
    params: tuple[Any, ...]
    epochs: int | None
    link: str | None
    note: str = ""


def rows_of(study: StudyFacts) -> list[Row]:
    """A row for each trial, the best first, then those that were stopped, failed, repeated another or haven't ended."""
    history = study.history
    ranked = {trial.number: place for place, trial in enumerate(history.ranked())}
    best = {trial.number for trial in best_trials(history)}
    groups = ("complete", "stopped", "failed", "repeats", "not ended")
    found = [_row(study, trial, trial.number in best) for trial in history.trials]
    goal = history.terms.goals[0]

    def order(row: Row) -> tuple[float, ...]:
        group = groups.index(next(name for name in groups if row.state.startswith(name)))
        value = row.values[0]
        return group, ranked.get(row.number, 0), goal.cost(value) if group == 1 and value is not None else 0, row.number

    return sorted(found, key=order)


def _row(study: StudyFacts, trial: Trial, is_best: bool) -> Row:
    history, outcome = study.history, trial.outcome
    goals, note, state = history.terms.goals, "", "not ended"
    values: tuple[float | None, ...] = (None,) * len(goals)
    if trial.same_as is not None:
        state, outcome = f"repeats {trial.same_as}", history.outcome(trial.number)
    elif outcome is not None:
        state = f"stopped in epoch {max(outcome.course)}" if outcome.state == "stopped" else outcome.state
    if outcome is not None and outcome.failure is not None:
        note = f"{outcome.failure.code} {outcome.failure.message}"
    elif outcome is not None:
        tried = history.trials[(trial.same_as or trial.number) - 1]
        values = tuple(tried.last(index) for index in range(len(goals)))
    params = tuple(trial.params.get(name) for name in history.terms.params)
    return Row(
        trial.number, state, is_best, values, params, study.epochs.get(trial.number), study.links.get(trial.name), note
    )
