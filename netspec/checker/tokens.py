"""The tokens of a spec as an editor has them: everything that is written but blanks, comments and mistakes too."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

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
JSON = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*"?)|(?P<number>-?\d[\w.+-]*)|(?P<keyword>\w+)|(?P<punctuation>[{}\[\]:,])|(?P<stray>\S)'
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, and what it is by itself. The sign of a percentage is a name, as any other unit."""

    kind: Lexical
    span: Span


def tokens_of(source: Source) -> tuple[Token, ...]:
    """All tokens of a spec in their order."""
    return tuple(_json_tokens(source) if is_json(source) else _tokens(source))


def token_at(tokens: Sequence[Token], offset: int) -> Token | None:
    """The token at an offset, or else the one that ends there; None between blanks."""
    index = bisect_right(tokens, offset, key=lambda token: token.span.start) - 1
    return tokens[index] if index >= 0 and offset <= tokens[index].span.end else None


def _tokens(source: Source) -> Iterator[Token]:
    for kind, _, start, end in grammar().pieces(source.text):
        if kind not in BLANKS:
            yield Token(KINDS.get(kind, "keyword"), source.span(start, end))


def _json_tokens(source: Source) -> Iterator[Token]:
    for match in JSON.finditer(source.text):
        kind: Lexical = match.lastgroup or "stray"  # pyright: ignore[reportAssignmentType]
        yield Token(kind, source.span(match.start(), match.end()))
