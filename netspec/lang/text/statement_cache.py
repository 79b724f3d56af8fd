"""Statements by their texts: what was parsed once, here or before an edit, is put together without the parser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache, partial
from typing import Any

from netspec.immutable import immutable
from netspec.lang import tree
from netspec.lang.text.words import Word
from netspec.source import Source, Span

SIZE = 8192
"""How many statements are remembered."""
LENGTH = 200
"""How many characters the text of one has at most."""

RULES: dict[type, str] = {tree.Line: "line", tree.Setting: "setting", tree.Param: "param"}
"""The rules of the grammar for the statements that are remembered."""
NEWLINE = "_NEWLINE"
ENDS = (NEWLINE, "LBRACE", "RBRACE")
"""The kinds of words that statements on one line have none of."""

Make = Callable[[Source, int], tree.Node]
"""Makes a node again for a text, in which its statement begins at an offset."""


@immutable
class Remembered:
    """A statement, the rule of the grammar that it is reduced by, and the number of its words."""

    rule: str
    words: int
    make: Make


class StatementCache:
    """Statements on one line that were read without a mistake. The oldest ones are forgotten."""

    def __init__(self) -> None:
        self.statements: dict[str, Remembered] = {}

    def find(self, words: Sequence[Word], first: int) -> Remembered | None:
        """The statement that begins with a word and goes to the end of its line."""
        end = first
        while end < len(words) and words[end].type not in ENDS:
            end += 1
        if end == first or end == len(words) or words[end].type != NEWLINE:
            # what is known would be a part of a longer statement
            return None
        known = self.statements.get(_text(words[first], words[end - 1]))
        # where a bracket is missing or too much, the words are more or fewer than those of the text
        return known if known is not None and known.words == end - first else None

    def remember(self, words: Sequence[Word], statement: Any) -> None:
        """Keep the statement that the words were parsed to, of a text without a mistake. Where they are no statement,
        or more than that, nothing is kept."""
        rule = RULES.get(type(statement))
        if rule is None or not words or statement.span != words[0].span.to(words[-1].span):
            return
        text = _text(words[0], words[-1])
        if len(text) > LENGTH or text in self.statements or any(word.type in ENDS for word in words):
            return
        if len(self.statements) >= SIZE:
            del self.statements[next(iter(self.statements))]
        self.statements[text] = Remembered(rule, len(words), _maker(statement))


CACHE = StatementCache()
"""What all parsers of one process share."""


def _text(first: Word, last: Word) -> str:
    return first.span.source.text[first.span.start : last.span.end]


def _maker(statement: tree.Statement) -> Make:
    """Makes the same nodes again, each of their places once."""
    base = statement.span.start
    places: dict[tuple[int, int], int] = {}
    build = _part(statement, lambda span: places.setdefault((span.start - base, span.end - base), len(places)))

    def make(source: Source, at: int) -> tree.Node:
        return build([Span(source, at + start, at + end) for start, end in places])

    return make


def _part(part: Any, place: Callable[[Span], int]) -> Any:
    """What makes a part of a node from the spans, a function; or the part itself if it has no span."""
    if isinstance(part, Span):
        number = place(part)
        return lambda spans: spans[number]
    if isinstance(part, tuple):
        makers = [_part(item, place) for item in part]
        if len(makers) == 1:
            (only,) = makers
            return lambda spans: (only(spans),)
        return (lambda spans: tuple([make(spans) for make in makers])) if makers else ()
    if not isinstance(part, tree.Node):
        return part
    number = place(part.span)
    parts = [_part(getattr(part, name), place) for name in _part_fields(type(part))]
    kind: Callable[..., tree.Node] = partial(type(part), depth=part.depth) if part.depth else type(part)
    made = [index for index, item in enumerate(parts) if callable(item)]
    if not made:
        return lambda spans: kind(spans[number], *parts)

    def build(spans: list[Span]) -> tree.Node:
        found = parts.copy()
        for index in made:
            found[index] = parts[index](spans)
        return kind(spans[number], *found)

    return build


@cache
def _part_fields(kind: type[tree.Node]) -> tuple[str, ...]:
    """The fields of a node beside its span and its depth."""
    return tuple(item.name for item in fields(kind) if item.name not in ("span", "depth"))
