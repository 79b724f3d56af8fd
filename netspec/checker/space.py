"""Settings of a search's space, found through the checker: which params a setting has, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Any

from netspec.catalogue.domain import Domain
from netspec.diagnostics import Diagnostic
from netspec.program.program import Program
from netspec.program.searched import Searched, Space
from netspec.program.space import as_overrides, trial_program

LOOKED_AT = 100
"""How many settings are looked at to find out which params depend on which."""
COUNTED = 200
"""How many settings are counted one by one, where some have other params than others."""
FEW = 8
"""How many values of a domain are looked at to find out whether they change anything."""
MANY = 64
"""How many are to find out whether they decide about other params."""
REMEMBERED = 400

Draw = Callable[[str, Domain], Any]
"""Gives a value for a param."""


@dataclass(frozen=True)
class Compiled:
    """What comes of a spec with values for its params: the program, None if there are errors, and what it reads."""

    program: Program | None
    reads: frozenset[str]
    errors: tuple[Diagnostic, ...]


Compile = Callable[[Mapping[str, str]], Compiled]
"""Checks a spec with values for its params, as `--set` takes them."""


@dataclass(frozen=True)
class Setting:
    """Values of params, and what comes of them. Two settings with the same values are the same.

    `values` are those of the params that are read, in the order of the space; a param that isn't read has none and
    stands at its default. `drawn` are all values in the order in which they were drawn. `program` is that of a trial;
    None if the values don't go together, for the reasons in `errors`.
    """

    values: Mapping[str, Any]
    drawn: Mapping[str, Any]
    reads: frozenset[str]
    program: Program | None
    errors: tuple[Diagnostic, ...]

    @property
    def overrides(self) -> dict[str, str]:
        """The values as `--set` takes them."""
        return as_overrides(self.values)


@dataclass(frozen=True)
class Explored:
    """What was found by looking at `settings`: for each param the others whose values decide whether it is read.
    `complete` is whether none was left out, but for real numbers: of those the ends and the middle are looked at."""

    settings: tuple[Setting, ...]
    deciding: Mapping[str, frozenset[str]]
    complete: bool


class Settings:
    """The settings of a space; `deciding` are the params that may decide whether others are read."""

    def __init__(self, space: Space, compile: Compile, deciding: frozenset[str] = frozenset()) -> None:
        self.space = space
        self.compile = compile
        self.deciding = tuple(param for param in space if param.name in deciding)
        self._known: dict[tuple[tuple[str, str], ...], Setting] = {}

    def at(self, values: Mapping[str, Any]) -> Setting:
        """The setting with these values; params without one stand at their defaults."""
        key = tuple(as_overrides(values).items())
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = self._setting(values)
        return self._known[key]

    def _setting(self, values: Mapping[str, Any]) -> Setting:
        found = self.compile(as_overrides(values))
        read = {param.name: values[param.name] for param in self.space if param.name in found.reads & values.keys()}
        program = trial_program(found.program) if found.program is not None else None
        return Setting(read, dict(values), found.reads, program, found.errors)

    def decide(self, draw: Draw) -> Setting:
        """The setting of values that are drawn one by one, each for a param that is read with the values before it."""
        values: dict[str, Any] = {}
        setting = self.at(values)
        reads = setting.reads
        while waiting := [param for param in self.order if param.name in reads and param.name not in values]:
            for param in waiting:
                values[param.name] = draw(param.name, param.domain)
                if param in self.deciding:
                    break
            setting = self.at(values)
            # values that don't go together may with the values of others, which are still to be drawn
            reads = setting.reads if setting.program is not None else reads | setting.reads
        return setting

    @cached_property
    def order(self) -> tuple[Searched, ...]:
        """The params in the order in which they are drawn: as declared, but those that decide about others first."""
        found: list[Searched] = []
        waiting = list(self.space)
        while waiting:
            names = {param.name for param in waiting}
            free = (param for param in waiting if not self.explored.deciding.get(param.name, frozenset[str]()) & names)
            chosen = next(free, waiting[0])
            found.append(chosen)
            waiting.remove(chosen)
        return tuple(found)

    def known(self) -> Space:
        """The space with what is known of it: which params are in every setting, and how many settings there are."""
        explored = self.explored.deciding
        params = tuple(replace(param, always=param.name not in explored) for param in self.space)
        return replace(self.space, params=params, counted=self.size)

    @cached_property
    def size(self) -> int | None:
        """How many settings there are; None if they can't be counted. Where there are many, and some have fewer params
        than others, it is how many there would be if all had the same."""
        if not self.deciding or self.space.size is None or self.space.size > COUNTED:
            return self.space.size
        return self._count({})

    def _count(self, values: dict[str, Any]) -> int:
        """How many settings there are with these values."""
        reads = self.at(values).reads
        param = next((param for param in self.order if param.name in reads and param.name not in values), None)
        if param is None:
            return 1
        size = param.domain.size or 0
        if param not in self.deciding:
            return size * self._count({**values, param.name: param.domain[0]})
        return sum(self._count({**values, param.name: param.domain[place]}) for place in range(size))

    # ---- which params are read ----

    @cached_property
    def explored(self) -> Explored:
        """Which params are read with which values. Looks at settings of the params that may decide about others, those
        that differ least from the defaults first."""
        names = [param.name for param in self.space]
        found = [self.at(values) for values in islice(self._deciding_values(), LOOKED_AT + 1)]
        complete = len(found) <= LOOKED_AT and all((param.domain.size or 0) <= MANY for param in self.deciding)
        found = [setting for setting in found[:LOOKED_AT] if setting.program is not None] or found[:1]
        decides: dict[str, set[str]] = {}
        some = [name for name in names if len({name in setting.reads for setting in found}) > 1]
        for one, other in combinations(found, 2) if some else ():
            differing = {name for name in names if one.drawn.get(name) != other.drawn.get(name)}
            if len(differing) == 1:
                for name in some:
                    if (name in one.reads) is not (name in other.reads):
                        decides.setdefault(name, set()).update(differing - {name})
        return Explored(tuple(found), {name: frozenset(by) for name, by in decides.items()}, complete)

    def _deciding_values(self) -> Iterator[dict[str, Any]]:
        """All combinations of values of the params that may decide about others, by how many aren't defaults."""
        for count in range(len(self.deciding) + 1):
            for params in combinations(self.deciding, count):
                others = (
                    [value for value in some_values(param, MANY) if not param.is_default(value)] for param in params
                )
                for values in product(*others):
                    yield dict(zip((param.name for param in params), values, strict=True))

    def changed(self, param: Searched) -> Iterator[tuple[Setting, Setting]]:
        """Pairs of settings that differ in a param alone. First those that have the most defaults; then others, as what
        changes nothing there may do so with other values of the rest."""
        ends = (self.decide(lambda _, domain, end=end: ends_of(domain)[end]) for end in (0, -1))
        for setting in chain(self.explored.settings[:FEW], ends):
            if param.name in setting.reads:
                for value in some_values(param):
                    if not _has(setting, param, value):
                        yield setting, self.at({**setting.drawn, param.name: value})


def _has(setting: Setting, param: Searched, value: Any) -> bool:
    """Whether a param has a value in a setting."""
    return setting.drawn[param.name] == value if param.name in setting.drawn else param.is_default(value)


def ends_of(domain: Domain) -> tuple[Any, Any]:
    """The first and the last value of a domain."""
    if domain.size is None:
        return float(domain.low), float(domain.high)
    return domain[0], domain[domain.size - 1]


def some_values(param: Searched, most: int = FEW) -> list[Any]:
    """Some values of a param: the ends of its domain, and some between."""
    domain = param.domain
    if domain.size is None:
        middle = (domain.low * domain.high) ** 0.5 if domain.scale == "log" else (domain.low + domain.high) / 2
        return [*ends_of(domain), middle]
    last = domain.size - 1
    places = range(domain.size) if domain.size <= most else (step * last // (FEW - 1) for step in range(FEW))
    return [domain[place] for place in dict.fromkeys(places)]
