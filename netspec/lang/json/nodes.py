"""Values of a JSON text with their spans."""

from __future__ import annotations

from netspec.immutable import immutable
from netspec.source import Span


@immutable
class Value:
    """A JSON value and its span."""

    span: Span


@immutable
class String(Value):
    """A string. `span` includes the quotes; `escaped` is true if escapes make the text longer than the value."""

    value: str
    escaped: bool

    @property
    def inner(self) -> Span:
        """The span between the quotes."""
        return self.span.source.span(self.span.start + 1, self.span.end - 1)


@immutable
class Number(Value):
    """A number as it was written."""

    text: str


@immutable
class Literal(Value):
    """`true`, `false` or `null`."""

    value: bool | None


@immutable
class Array(Value):
    """A list of values."""

    items: tuple[Value, ...]


@immutable
class Member:
    """A key and its value; an object has each key once."""

    key: String
    value: Value

    @property
    def span(self) -> Span:
        return self.key.span.to(self.value.span)


@immutable
class Object(Value):
    """An object: keys with their values, in order."""

    members: tuple[Member, ...]

    def get(self, key: str) -> Value | None:
        """The value of a key, or None if there is no such key."""
        return next((member.value for member in self.members if member.key.value == key), None)


def described(value: Value) -> str:
    """A value as a message names it that expected another one."""
    match value:
        case Object():
            return "an object"
        case Array(items=items):
            return f"a list of {len(items)}"
        case String(value=text):
            return f'the string "{text}"'
        case _:
            return value.span.text
