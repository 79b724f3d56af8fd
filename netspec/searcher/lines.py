"""A study in words: what a trial tried, what became of it, and the best ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from netspec.catalogue.sections.search import COSTS, LATENCY, Goal
from netspec.catalogue.values import number_text
from netspec.program.written import written
from netspec.render import words
from netspec.searcher.history import History
from netspec.searcher.trials import Outcome, Trial

DIGITS = 4
"""How many digits of a param that is a real number are shown; the run's folder has all of them."""


def best_lines(history: History) -> Iterator[str]:
    """The best trial; with several objectives all of the front, the best of the first one first."""
    goals = history.terms.goals
    for trial in best_trials(history):
        if trial.outcome is not None:
            found = f"trial {trial.number}: {params_words(trial.params)}   {outcome_words(trial.outcome, goals)}"
            yield words.clean(found)


def best_trials(history: History) -> list[Trial]:
    """The best trial so far, none if none went to its end; with several objectives those of the front."""
    ranked = history.ranked()
    if len(history.terms.goals) == 1:
        return ranked[:1]
    front = {trial.number for trial in history.front()}
    return [trial for trial in ranked if trial.number in front]


def params_words(params: Mapping[str, Any]) -> str:
    """`width = 64, lr = 0.0031`."""
    return ", ".join(f"{name} = {param_words(value)}" for name, value in params.items()) or "the spec as it is"


def outcome_words(outcome: Outcome, goals: tuple[Goal, ...]) -> str:
    """`validation.accuracy 97.21%`, `stopped after epoch 3`, `failed: …`."""
    if outcome.failure is not None:
        return f"failed: {outcome.failure.code} {outcome.failure.message}"
    if outcome.values is None:
        last = max(outcome.course)
        return f"stopped after epoch {last}: {goal_words(goals[0], outcome.course[last])}"
    return ", ".join(map(goal_words, goals, outcome.values))


def goal_words(goal: Goal, value: float) -> str:
    """An objective with its value."""
    return f"{goal.name} {value_words(goal, value)}"


def value_words(goal: Goal, value: float) -> str:
    """The value of an objective."""
    if goal.name == LATENCY:
        return f"{1000 * value:.3g} ms"
    return words.count(round(value)) if goal.name in COSTS and isfinite(value) else words.measure(goal.name, value)


def param_words(value: Any) -> str:
    """The value of a param."""
    return number_text(float(f"{value:.{DIGITS}g}")) if isinstance(value, float) else written(value, text=True)
