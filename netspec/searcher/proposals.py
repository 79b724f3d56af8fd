"""Proposals: the settings that a search method proposes for the trials of a history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Protocol

from netspec.catalogue.domain import Domain
from netspec.catalogue.search_methods import Sampler
from netspec.immutable import immutable
from netspec.searcher.history import History


class Setting(Protocol):
    """Values of params: `drawn` are all in the order in which they were drawn, `values` those that a program reads."""

    @property
    def drawn(self) -> Mapping[str, Any]: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


class Space(Protocol):
    """The params that are searched, one of which may decide whether another one is read."""

    def decide(self, draw: Callable[[str, Domain], Any], /) -> Setting:
        """The setting of values that are drawn one by one, each for a param that is read with the values before it."""
        ...


@immutable
class Plain:
    """A space all of whose params are read whatever their values are; and a setting of it."""

    params: Mapping[str, Domain]
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def drawn(self) -> Mapping[str, Any]:
        return self.values

    def decide(self, draw: Callable[[str, Domain], Any], /) -> Plain:
        return Plain(self.params, {name: draw(name, domain) for name, domain in self.params.items()})


class Proposals:
    """What a method proposes for a study, trial by trial.

    A proposal follows from the terms of the study, the number of the trial and what became of the trials of the rounds
    before, and from nothing else: not from which process asks, nor from what it has proposed itself.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._sampler: Sampler | None = None
        self._asked = self._told = 0

    def next(self, history: History) -> Setting | None:
        """The setting of the next trial; None if all were proposed. What became of the trials of the rounds before has
        to be known."""
        number = len(history.trials) + 1
        try:
            sampler = self._catch_up(history)
            self._tell(sampler, history, number)
            if not sampler.begin(number):
                return None
            setting = self._space.decide(sampler.draw)
            self._asked = number
        except BaseException:
            self._sampler = None  # it is in the middle of a trial
            raise
        return setting

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
