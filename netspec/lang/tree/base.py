"""The base of all nodes, and the nodes without expressions in them: numbers, strings, constants, names and labels."""

from __future__ import annotations

from dataclasses import field

from netspec.immutable import immutable
from netspec.source import Span


@immutable
class Node:
    """A part of a spec. `depth` is how deeply expressions are nested in it."""

    span: Span
    depth: int = field(default=0, compare=False, repr=False, kw_only=True)

    @property
    def key(self) -> Span:
        """The key of the comments on this node."""
        return self.span


class Interior(Span):
    """The key of a body's comments. Its span is no key, since a step or line with only that body has the same one."""

    __slots__ = ()

    @classmethod
    def of(cls, span: Span) -> Interior:
        return cls(span.source, span.start, span.end)


# ---- literals and names ----


@immutable
class Number(Node):
    """A number as it was written: `256`, `1e-3`, `60_000`."""

    text: str

    @property
    def value(self) -> int | float:
        return int(self.text) if self.text.replace("_", "").isdigit() else float(self.text)


@immutable
class Quantity(Node):
    """A number with a unit: `10%`, `5 epochs`."""

    number: Number
    unit: str
    unit_span: Span


@immutable
class Text(Node):
    """A string in quotes; `value` has its escapes resolved."""

    value: str


@immutable
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@immutable
class Name(Node):
    """A name, perhaps with dots: `relu`, `validation.loss`."""

    id: str


@immutable
class Label(Node):
    """The name of an operation or a scope; one that is written as a string may have expressions in braces in it."""

    id: str
    quoted: bool = False
