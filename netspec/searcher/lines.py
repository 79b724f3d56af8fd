"""A study in words: a line for each trial, and the best ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netspec.catalogue.sections.search import COSTS, LATENCY, Goal
from netspec.catalogue.values import number_text
from netspec.program.written import written
from netspec.render import words
from netspec.searcher.history import History
from netspec.searcher.trials import Outcome, Trial

DIGITS = 4
"""How many digits of a param that is a real number are shown; the run's folder has all of them."""


def trial_line(trial: Trial, outcome: Outcome, history: History) -> str:
    """What a trial tried, what became of it, and whether it is the best one so far."""
    number = f"{trial.number:>{len(str(history.total))}}/{history.total}"
    became = outcome_words(outcome, history.terms.goals)
    if trial.same_as is not None:
        became += f"   as trial {trial.same_as}"
    elif trial in best_trials(history):
        became += "   best so far" if len(history.terms.goals) == 1 else "   on the front"
    return words.clean(f"{number}   {params_words(trial.params)}   {became}")


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
    return ", ".join(f"{name} = {_short(value)}" for name, value in params.items()) or "the spec as it is"


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
    if goal.name == LATENCY:
        return f"{goal.name} {1000 * value:.3g} ms"
    return f"{goal.name} {words.count(round(value)) if goal.name in COSTS else words.measure(goal.name, value)}"


def _short(value: Any) -> str:
    return number_text(float(f"{value:.{DIGITS}g}")) if isinstance(value, float) else written(value, text=True)
