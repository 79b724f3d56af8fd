"""The base of all nodes, and the nodes without expressions in them: numbers, strings, constants, names and labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from netspec.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a spec. `depth` is how deeply expressions are nested in it."""

    span: Span
    depth: int = field(default=0, compare=False, repr=False, kw_only=True)

    @property
    def key(self) -> Span:
        """The key of the comments on this node."""
        return self.span


@dataclass(frozen=True, slots=True)
class Interior(Span):
    """The key of a body's comments. Its span is no key, since a step or line with only that body has the same one."""

    @classmethod
    def of(cls, span: Span) -> Interior:
        return cls(span.source, span.start, span.end)


# ---- literals and names ----


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as it was written: `256`, `1e-3`, `60_000`."""

    text: str

    @property
    def value(self) -> int | float:
        return int(self.text) if self.text.replace("_", "").isdigit() else float(self.text)


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A number with a unit: `10%`, `5 epochs`."""

    number: Number
    unit: str
    unit_span: Span


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string in quotes; `value` has its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, perhaps with dots: `relu`, `validation.loss`."""

    id: str


@dataclass(frozen=True, slots=True)
class Label(Node):
    """The name of an operation or a scope; one that is written as a string may have expressions in braces in it."""

    id: str
    quoted: bool = False
