"""The LALR parser: a table of states, and a stack that words are fed to one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from netspec.immutable import immutable

END = "$END"
"""The kind of the word behind the last one."""


class Word(Protocol):
    """What the parser takes: it looks at nothing but the kind."""

    @property
    def type(self) -> str: ...


class Inline(list[Any]):
    """What a rule is made of whose name begins with `_`: it has no node, and its parts become those of the rule around.

    The first list of a row goes on growing in place, so that a long row isn't copied over and over.
    """


class Unexpected(Exception):  # noqa: N818 - it is reported where the words are known
    """A word that can't stand there."""


@immutable
class Rule:
    """A rule that `size` parts are reduced by, to what `reduce` gives. A `unit` leaves its one part as it is."""

    origin: str
    size: int
    unit: bool
    reduce: Callable[[list[Any]], Any]

    @classmethod
    def of(
        cls, origin: str, size: int, inline: Sequence[int], single: bool, build: Callable[[list[Any]], Any] | None
    ) -> Rule:
        """`inline` are the parts that are lists of parts, `single` says that one part alone stands for itself, and
        `build` makes the node of several; without it they stay a list."""
        if build is None:
            build = _as_list
        reduce = _or_the_one(build) if single else build
        return cls(origin, size, size == 1 and single and not inline, _spreading(inline, reduce) if inline else reduce)


def _as_list(parts: list[Any]) -> Inline:
    return parts if isinstance(parts, Inline) else Inline(parts)


def _or_the_one(build: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda parts: parts[0] if len(parts) == 1 else build(parts)


def _spreading(inline: Sequence[int], build: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """With the parts of parts in their place."""

    def reduce(parts: list[Any]) -> Any:
        found: list[Any] = []
        for index, part in enumerate(parts):
            if index not in inline:
                found.append(part)
            elif found:
                found += part
            else:
                found = part
        return build(found)

    return reduce


@immutable
class Table:
    """`actions` of each state by the kind of the next word or the origin of what was reduced: the state to go to, or
    the complement of the number of a rule."""

    actions: Sequence[Mapping[str, int]]
    rules: Sequence[Rule]
    start: int
    end: int
    shortcuts: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """The states behind a row of unit rules, by the state below, the one above, and the next word."""

    def behind_units(self, below: int, state: int, kind: str) -> int:
        """The state that unit rules lead to before a word."""
        known = self.shortcuts.get((below, state, kind))
        if known is not None:
            return known
        first = state
        while (action := self.actions[state].get(kind, 0)) < 0 and self.rules[~action].unit:
            state = self.actions[below][self.rules[~action].origin]
        self.shortcuts[below, first, kind] = state
        return state


class Parser:
    """What has been read so far."""

    __slots__ = ("states", "table", "values")

    def __init__(self, table: Table, states: list[int] | None = None, values: list[Any] | None = None) -> None:
        self.table = table
        self.states = states or [table.start]
        self.values = values or []

    def copy(self) -> Parser:
        """The parser as it is, but for lists that go on growing in place."""
        return Parser(self.table, self.states.copy(), self.values.copy())

    def feed(self, word: Word) -> Any:
        """Read a word. With the one of the kind END, the result. Raises Unexpected where it can't stand."""
        state = self._reduced(word.type)
        if state is None:
            return self.values[-1]
        self.states.append(state)
        self.values.append(word)
        return None

    def takes(self, origin: str, first: Word) -> bool:
        """Whether what a rule was reduced to can stand next; `first` is the first of its words. Raises Unexpected where
        that can't."""
        self._reduced(first.type)
        return origin in self.table.actions[self.states[-1]]

    def push(self, origin: str, value: Any) -> None:
        """Read all words of a rule at once, as the value that they were reduced to."""
        self.states.append(self.table.actions[self.states[-1]][origin])
        self.values.append(value)

    def _reduced(self, kind: str) -> int | None:
        """Reduce what is complete before a word of a kind; the state that the word leads to, None where END does."""
        table, states, values = self.table, self.states, self.values
        actions, rules = table.actions, table.rules
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                raise Unexpected
            if action >= 0:
                return action
            rule = rules[~action]
            size = rule.size
            if rule.unit:
                states[-1] = table.behind_units(states[-2], states[-1], kind)
                continue
            if size == 1:
                values[-1] = rule.reduce([values[-1]])
                states.pop()
            elif size:
                parts = values[-size:]
                del states[-size:], values[-size:]
                values.append(rule.reduce(parts))
            else:
                values.append(rule.reduce([]))
            states.append(actions[states[-1]][rule.origin])
            if kind == END and states[-1] == table.end:
                return None

    def accepts(self) -> set[str]:
        """The kinds of words that can stand next."""
        return {kind for kind in self.table.actions[self.states[-1]] if kind.isupper() and self._accepts(kind)}

    def _accepts(self, kind: str) -> bool:
        states = self.states.copy()
        while True:
            action = self.table.actions[states[-1]].get(kind)
            if action is None or action >= 0:
                return action is not None
            rule = self.table.rules[~action]
            del states[len(states) - rule.size :]
            states.append(self.table.actions[states[-1]][rule.origin])
            if kind == END and states[-1] == self.table.end:
                return True
