"""Proposals: the settings that a search method proposes for the trials of a history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from netspec.catalogue.search_methods import Result, Sampler
from netspec.searcher.history import History


class Space(Protocol):
    """The params that are searched, one of which may decide whether another one is read."""

    def next(self, values: Mapping[str, Any], /) -> str | None:
        """The first param in the order of their declaration that has no value yet and that the program with these
        values reads; None if there is none."""
        ...


class AllParams:
    """A space all of whose params are read whatever their values are."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._names = tuple(params)

    def next(self, values: Mapping[str, Any], /) -> str | None:
        return next((name for name in self._names if name not in values), None)


class Proposals:
    """What a method proposes for a study, trial by trial.

    A proposal follows from the terms of the study, the number of the trial and what became of the trials of the rounds
    before, and from nothing else: not from which process asks, nor from what it has proposed itself.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._sampler: Sampler | None = None
        self._asked = self._told = 0

    def next(self, history: History) -> dict[str, Any] | None:
        """The params of the next trial in the order in which they were drawn; None if all settings were proposed. The
        rounds before have to be known."""
        number = len(history.trials) + 1
        try:
            sampler = self._catch_up(history)
            self._tell(sampler, history, number)
            if not sampler.begin(number):
                return None
            params: dict[str, Any] = {}
            while (name := self._space.next(params)) is not None:
                params[name] = sampler.draw(name, history.terms.params[name])
            self._asked = number
        except BaseException:
            self._sampler = None  # it is in the middle of a trial
            raise
        return params

    def forget(self) -> None:
        """Begin anew: the proposal that was made last didn't become a trial."""
        self._sampler = None

    def _catch_up(self, history: History) -> Sampler:
        """The sampler with all trials that there are, the last of which may be proposed by others."""
        if self._sampler is None:
            terms = history.terms
            self._sampler, self._asked, self._told = terms.method.sampler(len(terms.goals), terms.seed), 0, 0
        for trial in history.trials[self._asked :]:
            self._tell(self._sampler, history, trial.number)
            self._sampler.repeat(trial.number, history.draws(trial))
            self._asked = trial.number
        return self._sampler

    def _tell(self, sampler: Sampler, history: History, number: int) -> None:
        """Say what became of the trials of the rounds before that of a trial."""
        while self._told < history.before_round_of(number):
            self._told += 1
            outcome = history.outcome(self._told)
            assert outcome is not None, "the rounds before are known"
            sampler.tell(self._told, outcome.costs(history.terms.goals))


__all__ = ["AllParams", "Proposals", "Result", "Space"]
