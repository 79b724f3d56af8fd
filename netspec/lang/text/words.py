"""Words and comments of a text, each with its span: the parser takes the words."""

from __future__ import annotations

from typing import NamedTuple, cast

from lark import Token

from netspec.source import Span


class Word(Token):
    """A token with its span."""

    span: Span


class Comment(NamedTuple):
    """A comment with its `#`; `own_line` if nothing is before it on its line."""

    span: Span
    text: str
    own_line: bool


def word(type: str, text: str, span: Span) -> Word:
    result = cast(Word, Word(type, text))
    result.span = span
    return result
