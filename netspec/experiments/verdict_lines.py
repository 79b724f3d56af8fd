"""What training the best trials again says of them, in words."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.sections.search import Goal
from netspec.experiments.confirming import Verdict
from netspec.render import words
from netspec.runner.uses.run_summary import Spread
from netspec.searcher.lines import goal_words, params_words
from netspec.wording import counted


def verdict_lines(verdict: Verdict, goal: Goal) -> Iterator[str]:
    """A line for each confirmed trial, whether the best is better than the next, and what the test split says."""
    for index, one in enumerate(verdict.trials):
        failed = sum(value != value for value in one.values)
        runs = counted(len(one.values), "run") + (f", {failed} of them failed" if failed else "")
        value = f"{goal_words(goal, one.spread.mean)}{_interval(goal.name, one.spread)} over {runs}"
        yield words.clean(
            f"{'' if index else 'best':<10}trial {one.trial.number}: {params_words(one.trial.params)}   {value}"
        )
    if verdict.ahead is not None:
        first, second = (one.trial.number for one in verdict.trials[:2])
        if verdict.is_better:
            yield f"{'':<10}trial {first} is better than trial {second}"
        else:
            yield f"{'':<10}trial {first} isn't shown to be better than trial {second}: their difference may be chance"
    for index, (name, spread) in enumerate((verdict.test or {}).items()):
        value = f"{name} {words.measure(name, spread.mean)}{_interval(name, spread)}"
        yield f"{'' if index else 'test':<10}{value}"


def _interval(name: str, spread: Spread) -> str:
    if spread.low is None or spread.high is None:
        return ""
    return f" ({words.measure(name, spread.low)} to {words.measure(name, spread.high)})"
