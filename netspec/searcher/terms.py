"""The terms of a study: all that its proposals follow from, beside what became of its trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import as_count, as_list, as_text, from_record, to_record
from netspec.catalogue.search_methods import SearchMethod
from netspec.catalogue.search_stops import SearchStop
from netspec.catalogue.sections.search import Goal
from netspec.immutable import immutable

MOST_PARALLEL = 10_000
"""How many trials a round has at most."""


@immutable
class Terms:
    """Studies of equal terms propose the same trials for the same results.

    `spec` is a digest of what is searched, `params` are the domains in the order in which they are declared, `epochs`
    is how many a training has by default, and `parallel` how many trials are proposed in a round.
    """

    spec: str
    params: Mapping[str, Domain]
    goals: tuple[Goal, ...]
    method: SearchMethod
    stop: SearchStop | None = None
    epochs: int = 1
    seed: int = 0
    parallel: int = 1

    def changes(self, other: Terms) -> tuple[str, ...]:
        """What the other terms have instead, a sentence each. How many trials there are isn't compared."""
        return tuple(f"{what} was {before} and is {now}" for what, before, now in self._differences(other))

    def _differences(self, other: Terms) -> Iterator[tuple[str, str, str]]:
        for name in dict.fromkeys((*self.params, *other.params)):
            before, now = self.params.get(name), other.params.get(name)
            if before != now:
                yield f"the domain of `{name}`", _in_words(before), _in_words(now)
        if list(self.params) != list(other.params) and set(self.params) == set(other.params):
            yield "the order of the params", ", ".join(self.params), ", ".join(other.params)
        mine, its = self.to_json(), other.to_json()
        for what, key in (("the objective", "goals"), ("the method", "method"), ("`stop`", "stop")):
            before, now = (_without_trials(terms[key]) for terms in (mine, its))
            if before != now:
                yield what, _shown(before), _shown(now)
        for key in ("epochs", "seed", "parallel"):
            if mine[key] != its[key]:
                yield f"`{key}`", str(mine[key]), str(its[key])
        if self.spec != other.spec:
            yield "the spec", f"{self.spec[:12]}…", f"{other.spec[:12]}…"

    # ---- as JSON ----

    def to_json(self) -> dict[str, Any]:
        """The terms as JSON data."""
        return {
            "spec": self.spec,
            "params": [[name, domain.to_json()] for name, domain in self.params.items()],
            "goals": [[goal.name, goal.larger_is_better] for goal in self.goals],
            "method": to_record(self.method),
            "stop": None if self.stop is None else to_record(self.stop),
            "epochs": self.epochs,
            "seed": self.seed,
            "parallel": self.parallel,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Terms:
        """The terms again. Raises ValueError, TypeError or KeyError if the data isn't that of any."""
        params = {as_text(name): Domain.from_json(domain) for name, domain in as_list(data["params"])}
        goals = tuple(Goal(as_text(name), _flag(larger)) for name, larger in as_list(data["goals"]))
        epochs, seed, parallel = (as_count(data[name]) for name in ("epochs", "seed", "parallel"))
        if not goals or not 0 < parallel <= MOST_PARALLEL:
            raise ValueError("no terms")
        method = from_record(SearchMethod, data["method"])
        stop = None if data["stop"] is None else from_record(SearchStop, data["stop"])
        return cls(as_text(data["spec"]), params, goals, method, stop, epochs, seed, parallel)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no flag")
    return value


def _without_trials(record: Any) -> Any:
    return {key: value for key, value in record.items() if key != "trials"} if isinstance(record, dict) else record


def _shown(record: Any) -> str:
    """An entry's record, or goals, as a person would write it."""
    match record:
        case None:
            return "none"
        case {"op": name, **settings}:
            return f"{name}({', '.join(f'{key}={value}' for key, value in settings.items())})"
        case _:
            return ", ".join(str(Goal(*goal)) for goal in record)


def _in_words(domain: Domain | None) -> str:
    if domain is None:
        return "not searched"
    if domain.choices:
        return f"[{', '.join(map(str, domain.choices))}]"
    return f"{domain.low}..{domain.high}" if domain.scale == "whole" else f"{domain.scale}({domain.low}, {domain.high})"
