"""The history of a study: what the lines of its journal say, one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import le
from pathlib import Path
from typing import Any

from netspec.catalogue.domain import value_to_json
from netspec.catalogue.entry import as_list
from netspec.catalogue.search_methods import MOST_TRIALS, Draw
from netspec.catalogue.search_stops import Course
from netspec.formats.strict_json import as_number
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.studies import NoStudy
from netspec.saved.formats import JOURNAL
from netspec.searcher.journal import Journal
from netspec.searcher.terms import Terms
from netspec.searcher.trials import Outcome, Trial


@immutable
class Confirmation:
    """A trial that was run again with several seeds: the values of the objectives for each of them, None for a run
    that failed."""

    number: int
    values: tuple[tuple[float, ...] | None, ...]


class History:
    """A study as its journal has it: its terms, how many trials it is to have, and its trials in their order."""

    def __init__(self, terms: Terms, total: int) -> None:
        self.terms = terms
        self.total = total
        self.trials: list[Trial] = []
        self.confirmed: dict[int, Confirmation] = {}
        self._numbers: dict[str, int] = {}
        """The first trial of each setting."""
        self._open: dict[int, None] = {}
        """The trials whose runs haven't ended, in their order."""

    # ---- lines ----

    @staticmethod
    def begin(terms: Terms, total: int) -> dict[str, Any]:
        """The first line of a journal."""
        return {"format": JOURNAL.current, "total": total, "terms": terms.to_json()}

    @classmethod
    def begun(cls, line: Mapping[str, Any], folder: Path) -> History:
        """The history that a first line begins. Raises NetspecError for another format, and ValueError, TypeError or
        KeyError where it isn't a first line."""
        JOURNAL.ensure_readable(line, folder)
        history = cls(Terms.from_json(line["terms"]), _total(line["total"]))
        _ensure_same(line, cls.begin(history.terms, history.total))
        return history

    def proposed(self, drawn: Mapping[str, Any], unread: Sequence[str] = ()) -> dict[str, Any]:
        """The line for the next trial, with the values of its params in the order in which they were drawn, and those
        that its program doesn't read."""
        line: dict[str, Any] = {"trial": len(self.trials) + 1, "params": _written(drawn)}
        if unread:
            line["unread"] = list(unread)
        same_as = self._numbers.get(_setting(drawn, unread))
        return line if same_as is None else {**line, "same_as": same_as}

    @staticmethod
    def ended(number: int, outcome: Outcome) -> dict[str, Any]:
        """The line for what became of a trial."""
        return {"ended": number, **outcome.to_json()}

    def take(self, line: Mapping[str, Any]) -> None:
        """Go on by one line. Raises ValueError, TypeError or KeyError where it can't follow those before."""
        self._read(line)()

    def ensure_next(self, line: Mapping[str, Any]) -> None:
        """Make sure that a line could follow, before it is written. Raises as `take`, and changes nothing."""
        self._read(json.loads(json.dumps(line, allow_nan=False)))

    def _read(self, line: Mapping[str, Any]) -> Callable[[], None]:
        """What a line changes."""
        match line:
            case {"trial": _}:
                return partial(self._add, self._read_trial(line))
            case {"ended": number}:
                return partial(self._end, self._read_end(number, line))
            case {"confirmed": number}:
                found = self._read_confirmation(number, line)
                return partial(self.confirmed.__setitem__, number, found)
            case {"total": total}:
                _ensure_same(line, {"total": _total(total)})
                return partial(setattr, self, "total", total)
            case _:
                raise ValueError("no line of a study")

    def _read_trial(self, line: Mapping[str, Any]) -> Trial:
        domains = self.terms.params
        drawn = {name: domains[name].value_from_json(value) for name, value in line["params"].items()}
        unread = tuple(name for name in as_list(line.get("unread", [])) if name in drawn)
        _ensure_same(line, self.proposed(drawn, unread))
        return Trial(len(self.trials) + 1, drawn, unread, line.get("same_as"))

    def _add(self, trial: Trial) -> None:
        self.trials.append(trial)
        if trial.same_as is None:
            self._numbers[_setting(trial.drawn, trial.unread)] = trial.number
            self._open[trial.number] = None

    def _read_end(self, number: Any, line: Mapping[str, Any]) -> Trial:
        trial = self._trial(number)
        if number not in self._open:
            raise ValueError(f"trial {number} has ended before")
        outcome = Outcome.from_json(line, len(self.terms.goals))
        _ensure_same(line, self.ended(number, outcome))
        return replace(trial, outcome=outcome)

    def _end(self, trial: Trial) -> None:
        self.trials[trial.number - 1] = trial
        del self._open[trial.number]

    def _read_confirmation(self, number: Any, line: Mapping[str, Any]) -> Confirmation:
        trial = self._trial(number)
        runs = [None if run is None else tuple(map(as_number, as_list(run))) for run in as_list(line["values"])]
        if any(run is not None and len(run) != len(self.terms.goals) for run in runs):
            raise ValueError("values of other objectives")
        _ensure_same(line, {"confirmed": number, "values": runs})
        return Confirmation(trial.number, tuple(runs))

    def _trial(self, number: Any) -> Trial:
        if type(number) is not int or not 0 < number <= len(self.trials):
            raise ValueError("no trial has that number")
        return self.trials[number - 1]

    # ---- questions ----

    def outcome(self, number: int) -> Outcome | None:
        """What became of a trial; of one with the params of another, what became of that."""
        trial = self.trials[number - 1]
        return self.trials[(trial.same_as or number) - 1].outcome

    def before_round_of(self, number: int) -> int:
        """How many trials the rounds before that of a trial have."""
        return (number - 1) // self.terms.parallel * self.terms.parallel

    def known(self, count: int) -> bool:
        """Whether it is known what became of the first so many trials."""
        return not self._open or next(iter(self._open)) > count

    def open(self) -> list[Trial]:
        """The trials whose runs haven't ended."""
        return [self.trials[number - 1] for number in self._open]

    def draws(self, trial: Trial) -> list[Draw]:
        """What was drawn for a trial."""
        return [Draw(name, self.terms.params[name], value) for name, value in trial.drawn.items()]

    def courses_before(self, number: int) -> list[Course]:
        """How the trials of the rounds before that of a trial went, without those that failed."""
        before = (trial for trial in self.trials[: self.before_round_of(number)] if trial.outcome is not None)
        return [trial.course(self.terms.goals) for trial in before if trial.outcome and not trial.outcome.failure]

    def ranked(self) -> list[Trial]:
        """The trials that went to their end, the best first; without those that repeat another.

        With several objectives all of the front come before the others, and the first objective decides."""
        costs, front = self._costs(), {trial.number for trial in self.front()}
        numbers = sorted(costs, key=lambda number: (number not in front, costs[number], number))
        return [self.trials[number - 1] for number in numbers]

    def front(self) -> list[Trial]:
        """The trials that no other one beats: no other is as good in all objectives and better in one."""
        costs, best, front = self._costs(), set[tuple[float, ...]](), list[int]()
        # who beats a trial comes before it
        for number, own in sorted(costs.items(), key=lambda item: (item[1], item[0])):
            if not any(its != own and all(map(le, its, own)) for its in best):
                best.add(own)
                front.append(number)
        return [self.trials[number - 1] for number in sorted(front)]

    def _costs(self) -> dict[int, tuple[float, ...]]:
        """The objectives of the trials that went to their end, each such that smaller is better."""
        found = ((trial.number, trial.outcome and trial.outcome.costs(self.terms.goals).costs) for trial in self.trials)
        return {number: costs for number, costs in found if costs}


def read_history(folder: Path) -> History:
    """The history of the study in a folder, which may go on meanwhile. Raises NetspecError."""
    return follow(Journal(folder), None)


def follow(journal: Journal, history: History | None) -> History:
    """The history with what was written since. Raises NetspecError where a line isn't what a study writes."""
    for line in journal.news():
        try:
            if history is None:
                history = History.begun(line, journal.folder)
            else:
                history.take(line)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise journal.damaged(f"it isn't a line of this study ({error})") from error
    if history is None:
        raise NetspecError.of(NoStudy(None, str(journal.folder), "its journal is empty"))
    return history


def _total(value: Any) -> int:
    if type(value) is not int or not 0 < value <= MOST_TRIALS:
        raise ValueError("no number of trials")
    return value


def _written(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value_to_json(value) for name, value in params.items()}


def _setting(drawn: Mapping[str, Any], unread: Sequence[str]) -> str:
    """The same text for the same setting, whatever the params are that aren't read: 1, 1.0 and true are three."""
    return json.dumps(_written({name: value for name, value in drawn.items() if name not in unread}), sort_keys=True)


def _ensure_same(line: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Refuse a line that isn't, to the letter, what would be written for what it says."""
    if json.dumps(line) != json.dumps(expected):
        raise ValueError("it says something else than a study writes")
