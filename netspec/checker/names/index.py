"""The index of a spec: what the places in its text stand for, filled while names and values are resolved."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.slots import Slot
from netspec.immutable import immutable
from netspec.shapes import Shape
from netspec.source import Span

T = TypeVar("T")

Declared = Literal["block", "file", "input", "label", "name", "param", "parameter", "value", "variable"]
"""What a name can be declared as: `parameter` is one of a block, `variable` that of a loop, `value` one of the network,
`name` what is imported from a file that couldn't be read."""


class Unknown(Enum):
    """What there is in the place of a value that isn't known."""

    UNKNOWN = "unknown"
    """Not resolved, because of a mistake or because the line isn't reached."""
    VARIES = "varies"
    """Another one each time that the place is gone through."""


@immutable
class Field:
    """A field of an entry, and the path of the setting: `train.optimizer.lr`."""

    entry: type[Entry]
    slot: Slot
    path: str


@dataclass
class Index:
    """Facts by the spans of names and expressions. While the network is gone through once more, to try something out,
    the index is paused."""

    declared: dict[Span, Declared] = field(default_factory=dict)
    targets: dict[Span, Span] = field(default_factory=dict)
    """Where what a name means is declared: in another file, or the name itself if it is what declares it."""
    entries: dict[Span, type[Entry]] = field(default_factory=dict)
    fields: dict[Span, Field] = field(default_factory=dict)
    values: dict[Span, Any] = field(default_factory=dict)
    assigned: dict[Span, Any] = field(default_factory=dict)
    """The values that fields have in the end, by the places in `fields`."""
    shapes: dict[Span, Shape | Unknown] = field(default_factory=dict)
    paused: bool = False

    def declare(self, span: Span, kind: Declared) -> None:
        """A name is declared here."""
        if not self.paused:
            self.declared[span] = kind
            self.targets[span] = span

    def refer(self, span: Span, target: Span | None) -> None:
        """A name means what is declared there; where that is another place each time, it is the first one."""
        if target is not None and not self.paused and self.targets.get(span, span) == span:
            self.targets[span] = target

    def name_entry(self, span: Span, entry: type[Entry]) -> None:
        """A name means an entry of the catalogue."""
        if not self.paused:
            self.entries[span] = entry

    def name_field(self, span: Span, found: Field) -> None:
        """A key, an argument's name, or what is written for it is for a field."""
        if not self.paused:
            self.fields[span] = found

    def assign(self, span: Span, value: Any) -> None:
        """A field has a value because of what is written here."""
        if not self.paused:
            _merge(self.assigned, span, value)

    def evaluate(self, span: Span, value: Any) -> None:
        """An expression or a name has a value."""
        if not self.paused:
            _merge(self.values, span, value)

    def infer(self, span: Span, shape: Shape | None) -> None:
        """A step or a name has a shape, or none that is known."""
        if not self.paused:
            _merge(self.shapes, span, Unknown.UNKNOWN if shape is None else shape)

    @contextmanager
    def pause(self) -> Generator[None]:
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before


def _merge(facts: dict[Span, Any], span: Span, fact: Any) -> None:
    """Keep a fact as long as it is the same each time."""
    known = facts.setdefault(span, fact)
    if known is not fact and (type(known) is not type(fact) or known != fact):
        facts[span] = Unknown.VARIES
