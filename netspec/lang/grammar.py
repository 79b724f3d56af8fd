"""The parser of the one grammar, with lark's table as it was generated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lexer import TerminalDef

from netspec.lang import grammar_table
from netspec.lang.builder import Builder
from netspec.resources import resource

SETTINGS = {"parser": "lalr", "lexer": "basic", "keep_all_tokens": True, "maybe_placeholders": False}


class _Layout:
    """Tells lark to keep the tokens that no rule has; they are dealt with in `tokens`."""

    always_accept = ("STRAY", "UNCLOSED")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@cache
def grammar() -> Lark:
    """The parser. Another version of lark than that of the table makes it from the grammar, in 0.1 s."""
    own: Any = {"transformer": Builder(), "postlex": _Layout()}
    if lark.__version__ != grammar_table.LARK:
        return Lark(text(), **SETTINGS, **own)
    parser = Lark.__new__(Lark)
    # as Lark.load does, which would take the table out of a pickle
    parser._load({"data": grammar_table.DATA, "memo": grammar_table.MEMO}, **own)  # pyright: ignore[reportPrivateUsage]
    return parser


def text() -> str:
    """The grammar as it is written."""
    return resource("grammar", "netspec.lark").read_text(encoding="utf-8")


def table() -> tuple[dict[str, Any], dict[int, Any]]:
    """What lark makes of the grammar, as dictionaries, lists, tuples, texts, numbers and flags."""
    parser = Lark(text(), **SETTINGS, postlex=_Layout())
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] |= {"postlex": None}
    return data, memo
