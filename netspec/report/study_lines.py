"""A study on the terminal: a line for each trial, with the best one so far and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from netspec.program.search_plan import SearchPlan
from netspec.render import words
from netspec.report.live import about
from netspec.searcher.history import History
from netspec.searcher.lines import best_trials, params_words, value_words
from netspec.searcher.trials import Outcome, Trial

NARROW, WIDE = (19, 8), (22, 10)
"""The widths of the columns of a trial's value and of the best one, on a terminal of few columns and elsewhere."""
LEFT, FEW = 11, 72
"""The width of the column of the time that is left, and how many columns a terminal has that are few."""


class StudyLines:
    """Prints lines to a console. On a terminal a line that is too long is cut off; the params come last.

    `plan` is that of the search, `clock` gives seconds. What is left is estimated from the trials that have ended since
    this was made, however many processes run them.
    """

    def __init__(
        self, plan: SearchPlan, history: History, console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.plan = plan
        self.console = console
        self.clock = clock
        self._goals = history.terms.goals
        self._first = self._goals[0]
        self._began = clock()
        self._ended = 0
        self._width = max(2 * len(str(history.total)) + 1, len("trial"))
        self._columns = NARROW if console.is_terminal and console.width < FEW else WIDE

    def begin(self, folder: str, history: History) -> None:
        """Say what is searched where, and what the columns are."""
        self._fact("study", folder)
        self._fact("search", f"{self.plan.method}, {', '.join(map(str, self._goals))}")
        ended = sum(history.outcome(trial.number) is not None for trial in history.trials)
        if ended:
            self._fact("resumed", f"{ended} of {history.total} trials")
        if ended == history.total:
            return
        goals = words.shorten(", ".join(goal.name for goal in self._goals), self._columns[0])
        self._print(Text())
        self._print(
            Text(self._row("trial", goals, "best" if len(self._goals) == 1 else "front", "left", "params"), "dim")
        )

    def trial(self, trial: Trial, outcome: Outcome, history: History) -> None:
        """Tell of a trial that has ended."""
        self._ended += trial.same_as is None
        best = best_trials(history)
        is_best = trial in best
        line = self._row(
            f"{trial.number:>{len(str(history.total))}}/{history.total}",
            self._became(trial, outcome),
            self._best(best) + (" ★" if is_best else ""),
            self._left(history),
            self._params(trial, outcome),
        )
        self._print(Text(line, "bold" if is_best else "dim" if outcome.values is None else ""))

    def _row(self, number: str, value: str, best: str, left: str, params: str) -> str:
        values, bests = self._columns
        return f"{number:>{self._width}}  {value:<{values}}  {best:<{bests}}  {left:<{LEFT}}  {params}".rstrip()

    def _became(self, trial: Trial, outcome: Outcome) -> str:
        """Its objectives, and why it has no more to show for itself than that."""
        if outcome.failure is not None:
            text, why = "failed", f" {outcome.failure.code}"
        elif outcome.values is None:
            last = max(outcome.course)
            text, why = value_words(self._goals[0], outcome.course[last]), f" stopped at {last}"
        else:
            text, why = ", ".join(map(value_words, self._goals, outcome.values)), ""
        return f"{text}{why}" if trial.same_as is None else f"{text} as {trial.same_as}"

    def _best(self, best: list[Trial]) -> str:
        if len(self._goals) > 1 or not best:
            return str(len(best)) if best else ""
        value = best[0].value()
        return "" if value is None else value_words(self._first, value)

    def _params(self, trial: Trial, outcome: Outcome) -> str:
        reason = f": {outcome.failure.message}" if outcome.failure is not None else ""
        return words.clean(f"{params_words(trial.params)}{reason}")

    def _left(self, history: History) -> str:
        """How long the trials that are left take, and those that are trained again, as long as the others took."""
        ended = sum(history.outcome(trial.number) is not None for trial in history.trials)
        trials = history.total - ended + self.plan.confirming / self.plan.runs
        if self._ended == 0 or trials <= 0:
            return ""
        return about((self.clock() - self._began) / self._ended * trials)

    def _fact(self, label: str, text: str) -> None:
        self.console.print(Text.assemble((f"{label:<9} ", "dim"), words.clean(text)), soft_wrap=True)

    def _print(self, line: Text) -> None:
        if self.console.is_terminal:
            line.truncate(self.console.width, overflow="ellipsis")
        self.console.print(line, soft_wrap=True)
