"""Names in the state_dict: labels, positions as in nn.Sequential, and scopes within scopes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from netspec.checker.names.declarations import Declarations
from netspec.checker.names.scope import Scope
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, WrongLabel
from netspec.source import Span

NAME_LIMIT = 64
HOLE = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"\w[\w-]*", re.ASCII)


@dataclass
class Labelled:
    """What a label names, so that it can be applied again: the step, and the names and blocks that it spoke of."""

    path: str
    step: tree.Step
    scope: Scope
    home: Declarations


@dataclass
class Level:
    """One level of names. Operations without a label are named by their position, operators by their sign.

    A `shared` level is one that is gone through again with the same weights. `outer` is the level around, as far as
    the labels in it can be seen from here.
    """

    prefix: str = ""
    outer: Level | None = None
    shared: bool = False
    taken: dict[str, Span] = field(default_factory=dict)
    labelled: dict[str, Labelled] = field(default_factory=dict)
    inner: dict[str, Level] = field(default_factory=dict)
    signs: dict[str, int] = field(default_factory=dict)
    position: int = 0

    def label(self, label: tree.Label, text: str, problems: Problems) -> str:
        """The path of an operation with that label, whose text has its names filled in."""
        self.position += 1
        if text in self.taken:
            problems.add(Duplicate(label.span, "label", text, self.taken[text]))
        self.taken.setdefault(text, label.span)
        return f"{self.prefix}{text}"

    def next(self, span: Span) -> str:
        """The path of an operation without a label. Each has a position, those with labels too."""
        while str(self.position) in self.taken:
            self.position += 1
        name = str(self.position)
        self.position += 1
        self.taken[name] = span
        return f"{self.prefix}{name}"

    def sign(self, sign: str) -> str:
        """The path of an operator: `+`, the next one `+2`. No label is like it."""
        number = self.signs[sign] = self.signs.get(sign, 0) + 1
        return f"{self.prefix}{sign}{number if number > 1 else ''}"

    def within(self, path: str, *, hidden: bool = False) -> Level:
        """The level of names in a scope; with `hidden` its lines don't see the labels out here."""
        level = Level(f"{path}.", None if hidden else self, self.shared)
        self.inner[path.removeprefix(self.prefix)] = level
        return level

    def scope(self, name: str) -> Level | None:
        """The level within a labelled scope, in this level or those around it; with dots, in a scope within."""
        head, _, rest = name.partition(".")
        level: Level | None = self
        while level is not None and head not in level.labelled and head not in level.inner:
            level = level.outer
        inner = level.inner.get(head) if level is not None else None
        return inner.scope(rest) if inner is not None and rest else inner

    def find(self, name: str) -> Labelled | None:
        """What a label names, in this level or those around it; with dots, in a scope within."""
        head, _, rest = name.partition(".")
        level: Level | None = self
        while level is not None and head not in level.labelled and head not in level.inner:
            level = level.outer
        if level is None:
            return None
        return level.inner[head].find(rest) if rest and head in level.inner else level.labelled.get(name)

    def known(self) -> tuple[str, ...]:
        """The labels that can be named here."""
        level: Level | None = self
        found: list[str] = []
        while level is not None:
            found += level.labelled
            level = level.outer
        return tuple(found)


def label_text(label: tree.Label, scope: Scope, problems: Problems) -> str | None:
    """What a label says, the names in its braces filled in; None after reporting what is wrong with it."""
    if not label.quoted:
        return label.id

    def fill(hole: re.Match[str]) -> str:
        owner = scope.owner(hole[1])
        value = scope.peek(hole[1])
        if owner is None or isinstance(value, bool) or not isinstance(value, int | str):
            if not problems.follows(label.span):
                known = tuple(name for name in scope.names() if isinstance(scope.peek(name), int | str))
                problems.add(WrongLabel(label.span, f"`{{{hole[1]}}}` is no whole number that has a name here", known))
            return hole[0]
        owner.read(hole[1])
        return str(value)

    text = HOLE.sub(fill, label.id)
    if NAME.fullmatch(text) and len(text) <= NAME_LIMIT:
        return text
    if not HOLE.search(text):
        message = f'a label is a name of letters, digits, `_` and `-`, at most {NAME_LIMIT}, not "{text[:NAME_LIMIT]}"'
        problems.add(WrongLabel(label.span, message, ()))
    return None
