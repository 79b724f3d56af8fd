"""The tables of the grammar, which lark makes: grammar/netspec.table.json. Nothing but this needs lark."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from netspec.lang.text.grammar import text

SETTINGS = {"parser": "lalr", "lexer": "basic", "keep_all_tokens": True, "maybe_placeholders": False}
ALWAYS = ("STRAY", "UNCLOSED")
"""The terminals that no rule has: they are dealt with before words are read."""


class _Layout:
    """Tells lark to keep those terminals."""

    always_accept = ALWAYS

    def process(self, stream: Any) -> Any:
        return stream


def grammar_table(path: Path) -> str:
    """The text of the file. It is made once for a grammar, by the version of lark that is installed then: lark numbers
    the states anew each time."""
    digest = sha256(text().encode()).hexdigest()
    if path.is_file() and json.loads(there := path.read_text(encoding="utf-8"))["grammar"] == digest:
        return there
    made = {"lark": lark.__version__, "grammar": digest, **tables(with_lark())}
    return json.dumps(made, separators=(",", ":")) + "\n"


def with_lark(**settings: Any) -> Lark:
    """The parser that lark makes of the grammar."""
    return Lark(text(), **SETTINGS, postlex=_Layout(), **settings)


def tables(parser: Lark) -> dict[str, Any]:
    """The terminals, the rules and the states of a parser of lark's."""
    terminals = sorted(
        parser.terminals, key=lambda x: (-x.priority, -x.pattern.max_width, -len(x.pattern.value), x.name)
    )
    (name,) = (item for item in terminals if item.name == "NAME")
    words = {item.pattern.value: item.name for item in terminals if _is_word(item, name)}
    table: Any = parser.parser.parser._parse_table
    # the parser's end is reached where the rule `start` is reduced
    numbers = {state: index for index, state in enumerate(table.states)}
    rules = list(dict.fromkeys(parser.rules))
    found = {rule: index for index, rule in enumerate(rules)}
    states = [
        {
            symbol: numbers[argument] if not isinstance(argument, Rule) else ~found[argument]
            for symbol, (_, argument) in actions.items()
        }
        for actions in table.states.values()
    ]
    return {
        "terminals": [[item.name, item.pattern.to_regexp()] for item in terminals if item.name not in words.values()],
        "words": words,
        "rules": [_rule(rule) for rule in rules],
        "states": states,
        "start": numbers[table.start_states["start"]],
        "end": numbers[table.end_states["start"]],
    }


def _is_word(item: TerminalDef, name: TerminalDef) -> bool:
    """Whether a terminal is a name to which the grammar gives a meaning."""
    return item.pattern.type == "str" and re.fullmatch(name.pattern.to_regexp(), item.pattern.value) is not None


def _rule(rule: Rule) -> list[Any]:
    """Origin, size, the parts that are lists, whether a single part stands for itself, and the name of its node."""
    origin = str(rule.origin.name)
    inline = [index for index, part in enumerate(rule.expansion) if not part.is_term and part.name.startswith("_")]
    node = None if origin.startswith("_") else rule.alias or origin
    return [origin, len(rule.expansion), inline, bool(rule.options.expand1 and not rule.alias), node]
