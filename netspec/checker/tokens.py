"""Tokens of a spec as an editor has them: everything that is written but blanks, comments and mistakes too."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from netspec.immutable import immutable
from netspec.lang.read import is_json
from netspec.lang.text.grammar import grammar
from netspec.source import Source, Span

Lexical = Literal["comment", "keyword", "name", "number", "operator", "punctuation", "stray", "text"]

KINDS: dict[str, Lexical] = {
    "COMMENT": "comment",
    "NAME": "name",
    "NUMBER": "number",
    "STRING": "text",
    "UNCLOSED": "text",
    "STRAY": "stray",
    "PERCENT": "name",
    **dict.fromkeys(("OR", "AND", "NOT", "COMPARE", "RANGE", "MODULO"), "operator"),
    **dict.fromkeys(("PLUS", "MINUS", "STAR", "POWER", "SLASH", "FLOOR"), "operator"),
    **dict.fromkeys(("ARROW", "COMMA", "COLON", "EQUAL", "DOT"), "punctuation"),
    **dict.fromkeys(("LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE"), "punctuation"),
}
"""The kinds of the grammar's terminals; the others are its words."""

BLANKS = ("BLANK", "_NEWLINE")
LINE = re.compile(r"[^\r\n]*")
JSON = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*"?)|(?P<number>-?\d[\w.+-]*)|(?P<keyword>\w+)|(?P<punctuation>[{}\[\]:,])|(?P<stray>\S)'
)


@immutable
class Token:
    """A piece of the text, and what it is by itself. The sign of a percentage is a name, as any other unit."""

    kind: Lexical
    span: Span


def tokens_of(source: Source) -> tuple[Token, ...]:
    """All tokens of a spec in their order."""
    return tuple(_tokens(source, source.text, 0))


def token_at(source: Source, offset: int) -> Token | None:
    """The token at an offset, or else the one that ends there; None between blanks. No token goes over a line's end."""
    text = source.text
    if not 0 <= offset <= len(text):
        return None
    start = 1 + max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset))
    line = LINE.match(text, start)
    tokens = list(_tokens(source, line[0], start)) if line is not None else []
    index = bisect_right(tokens, offset, key=lambda token: token.span.start) - 1
    return tokens[index] if index >= 0 and offset <= tokens[index].span.end else None


def _tokens(source: Source, text: str, start: int) -> Iterator[Token]:
    """The tokens of a part of the text that begins at an offset."""
    if is_json(source):
        for match in JSON.finditer(text):
            kind: Lexical = match.lastgroup or "stray"  # pyright: ignore[reportAssignmentType]
            yield Token(kind, source.span(start + match.start(), start + match.end()))
    else:
        for terminal, _, begin, end in grammar().pieces(text):
            if terminal not in BLANKS:
                yield Token(KINDS.get(terminal, "keyword"), source.span(start + begin, start + end))
