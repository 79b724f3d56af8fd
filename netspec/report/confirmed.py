"""What training the best trials of a study again says of them, as values and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from netspec.catalogue.sections.search import Goal
from netspec.program.assertion import AssertionResult
from netspec.render import words
from netspec.runner.uses.run_summary import Spread
from netspec.searcher.lines import goal_words, params_words, value_words
from netspec.searcher.trials import Trial
from netspec.wording import counted


@dataclass(frozen=True)
class Confirmed:
    """A trial that was trained again: the objective of each run, nan for one that failed, and their spread."""

    trial: Trial
    values: tuple[float, ...]
    spread: Spread

    def cost(self, goal: Goal) -> float:
        """Its mean such that smaller is better; a trial of which a run failed is the worst."""
        return goal.cost(self.spread.mean) if all(map(isfinite, self.values)) else float("inf")

    @property
    def runs(self) -> str:
        """`5 runs, 1 of them failed`."""
        failed = sum(not isfinite(value) for value in self.values)
        return counted(len(self.values), "run") + (f", {failed} of them failed" if failed else "")


@dataclass(frozen=True)
class Verdict:
    """The confirmed trials, the best first; how much better the best is than the next, run by run, None where there is
    no next; the spreads of the metrics of the best one on the test split, None without one; and the spec's assertions
    on results, evaluated on the means of the best one."""

    trials: tuple[Confirmed, ...]
    ahead: Spread | None
    test: dict[str, Spread] | None
    assertions: tuple[AssertionResult, ...] = ()

    @property
    def is_better(self) -> bool:
        """Whether the best is better than the next beyond chance, as far as its runs can say it."""
        return self.ahead is not None and self.ahead.low is not None and self.ahead.low > 0

    @property
    def words(self) -> str | None:
        """Whether the best is better than the next; None where there is no next."""
        if self.ahead is None:
            return None
        first, second = (one.trial.number for one in self.trials[:2])
        if self.is_better:
            return f"trial {first} is better than trial {second}"
        return f"trial {first} isn't shown to be better than trial {second}: their difference may be chance"


def verdict_lines(verdict: Verdict, goal: Goal) -> Iterator[str]:
    """A line for each confirmed trial, whether the best is better than the next, and what the test split says."""
    for index, one in enumerate(verdict.trials):
        value = f"{goal_words(goal, one.spread.mean)}{_in_brackets(interval(goal, one.spread))} over {one.runs}"
        yield words.clean(
            f"{'' if index else 'best':<10}trial {one.trial.number}: {params_words(one.trial.params)}   {value}"
        )
    if verdict.words is not None:
        yield f"{'':<10}{verdict.words}"
    for index, (name, spread) in enumerate((verdict.test or {}).items()):
        value = f"{name} {words.measure(name, spread.mean)}{_in_brackets(metric_interval(name, spread))}"
        yield f"{'' if index else 'test':<10}{value}"


def interval(goal: Goal, spread: Spread) -> str:
    """The 95 % confidence interval of an objective's mean: `91.2% to 93.4%`; nothing of a single run."""
    if spread.low is None or spread.high is None:
        return ""
    return f"{value_words(goal, spread.low)} to {value_words(goal, spread.high)}"


def metric_interval(name: str, spread: Spread) -> str:
    """The same of a metric."""
    if spread.low is None or spread.high is None:
        return ""
    return f"{words.measure(name, spread.low)} to {words.measure(name, spread.high)}"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""
