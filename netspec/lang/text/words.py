"""Words and comments of a text, each with its span: the parser takes the words."""

from __future__ import annotations

from typing import NamedTuple

from netspec.source import Span


class Word(str):
    """The text of a token, with the kind that the parser looks at, and its span."""

    __slots__ = ("span", "type")

    type: str
    span: Span


class Comment(NamedTuple):
    """A comment with its `#`; `own_line` if nothing is before it on its line."""

    span: Span
    text: str
    own_line: bool


def word(type: str, text: str, span: Span) -> Word:
    result = Word(text)
    result.type = type
    result.span = span
    return result
