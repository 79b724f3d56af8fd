"""The grammar: lark's parser with the generated table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lexer import TerminalDef

from netspec.lang.text.builder import Builder
from netspec.resources import resource

TABLE = "netspec.table.json"
SETTINGS = {"parser": "lalr", "lexer": "basic", "keep_all_tokens": True, "maybe_placeholders": False}


class _Layout:
    """Makes lark keep the tokens that no rule has; `tokens` reports them."""

    always_accept = ("STRAY", "UNCLOSED")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@cache
def grammar() -> Lark:
    """The parser, from the table if lark's version made it, else from the grammar, which takes 0.1 s."""
    own: Any = {"transformer": Builder(), "postlex": _Layout()}
    made = json.loads(resource("grammar", TABLE).read_text(encoding="utf-8"), object_pairs_hook=_numbered)
    if lark.__version__ != made["lark"]:
        return Lark(text(), **SETTINGS, **own)
    parser = Lark.__new__(Lark)
    # as Lark.load does, which would take the table out of a pickle
    parser._load({"data": made["data"], "memo": made["memo"]}, **own)  # pyright: ignore[reportPrivateUsage]
    return parser


@cache
def keywords() -> frozenset[str]:
    """The words and signs that are terminals of the grammar."""
    return frozenset(terminal.pattern.value for terminal in grammar().terminals if terminal.pattern.type == "str")


def _numbered(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """A JSON object with its numeric keys as numbers, which lark's states and symbols are."""
    return {int(key) if key.isdigit() else key: value for key, value in pairs}


def text() -> str:
    """The grammar as it was written."""
    return resource("grammar", "netspec.lark").read_text(encoding="utf-8")


def table() -> tuple[dict[str, Any], dict[int, Any]]:
    """Lark's table of the grammar, as JSON data except for keys that are numbers."""
    parser = Lark(text(), **SETTINGS, postlex=_Layout())
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] |= {"postlex": None}
    return data, memo
