"""The parser of the one grammar, with lark's table as it was generated."""

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
    """Tells lark to keep the tokens that no rule has; they are dealt with in `tokens`."""

    always_accept = ("STRAY", "UNCLOSED")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@cache
def grammar() -> Lark:
    """The parser. Another version of lark than that of the table makes it from the grammar, in 0.1 s."""
    own: Any = {"transformer": Builder(), "postlex": _Layout()}
    made = json.loads(resource("grammar", TABLE).read_text(encoding="utf-8"), object_pairs_hook=_numbered)
    if lark.__version__ != made["lark"]:
        return Lark(text(), **SETTINGS, **own)
    parser = Lark.__new__(Lark)
    # as Lark.load does, which would take the table out of a pickle
    parser._load({"data": made["data"], "memo": made["memo"]}, **own)  # pyright: ignore[reportPrivateUsage]
    return parser


def _numbered(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """An object of JSON with the numbers for keys that lark's states and symbols have."""
    return {int(key) if key.isdigit() else key: value for key, value in pairs}


def text() -> str:
    """The grammar as it is written."""
    return resource("grammar", "netspec.lark").read_text(encoding="utf-8")


def table() -> tuple[dict[str, Any], dict[int, Any]]:
    """What lark makes of the grammar, as data of JSON but for the keys that are numbers."""
    parser = Lark(text(), **SETTINGS, postlex=_Layout())
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] |= {"postlex": None}
    return data, memo
