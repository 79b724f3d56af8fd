"""The grammar, from its generated tables: how a text is split into words, and how the parser reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache

from netspec.immutable import immutable
from netspec.lang.text.builder import Builder
from netspec.lang.text.lalr import Parser, Rule, Table
from netspec.resources import resource

TABLE = "netspec.table.json"


@immutable
class Grammar:
    """`pattern` matches any piece of any text, with its kind as the name of the group; of names those that are `words`
    of the language have kinds of their own. `written` are the words and the signs by their kinds."""

    pattern: re.Pattern[str]
    words: Mapping[str, str]
    written: Mapping[str, str]
    table: Table

    def pieces(self, text: str) -> Iterator[tuple[str, str, int, int]]:
        """The kind, the text and both ends of each piece, blanks and comments too; together they are the text."""
        words, start = self.words, 0
        for match in self.pattern.finditer(text):
            kind, piece, end = match.lastgroup or "", match[0], match.end()
            yield words.get(piece, kind) if kind == "NAME" else kind, piece, start, end
            start = end

    def parser(self) -> Parser:
        """A parser that has read nothing yet."""
        return Parser(self.table)


@cache
def grammar() -> Grammar:
    """The grammar; what it is made of is written by `python -m netspec.generate`."""
    made = json.loads(resource("grammar", TABLE).read_text(encoding="utf-8"))
    builder = Builder()
    rules = [
        Rule.of(origin, size, inline, single, getattr(builder, name, None) if name else None)
        for origin, size, inline, single, name in made["rules"]
    ]
    pattern = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in made["terminals"]))
    written = {kind: sign.replace("\\", "") for kind, sign in made["terminals"]}
    written |= {kind: word for word, kind in made["words"].items()}
    return Grammar(pattern, made["words"], written, Table(made["states"], rules, made["start"], made["end"]))


@cache
def keywords() -> frozenset[str]:
    """The names that are words of the language."""
    return frozenset(grammar().words)


def text() -> str:
    """The grammar as it was written."""
    return resource("grammar", "netspec.lark").read_text(encoding="utf-8")
