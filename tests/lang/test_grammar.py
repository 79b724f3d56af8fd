"""The generated tables of the grammar, against the parser that lark makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import lark
import pytest
from lark import Lark, Token, UnexpectedToken

from netspec.generate.grammar_table import grammar_table, with_lark
from netspec.lang.text.builder import Builder
from netspec.lang.text.grammar import grammar
from netspec.lang.text.lalr import END, Unexpected
from netspec.lang.text.tokens import tokenize
from netspec.lang.text.words import Word, word
from netspec.problems import Problems
from netspec.source import Source
from tests.campaigns.fuzz import case
from tests.specs import ROOT

SPECS = sorted((ROOT / "specs").rglob("*.net"))
TEXTS = [path.read_text(encoding="utf-8") for path in SPECS]


class Placed(Token):
    """A token of lark's with the span that the nodes are made with."""


@cache
def by_lark() -> Lark:
    return with_lark(transformer=Builder())


def soups() -> list[str]:
    """Words in any order, and real specs with something changed."""
    texts = [case(number)[2].decode(errors="replace") for number in range(600)]
    return [text for text in texts if not text.startswith("{")]


def words_of(text: str) -> list[Word]:
    source = Source("spec.net", text)
    end = word(END, "", source.span(len(text), len(text)))
    return [*tokenize(source, Problems())[0], end]


def ours(words: Sequence[Word]) -> tuple[int, Any]:
    """How many words can be read, and what comes of them: the result, or what could have stood there."""
    parser, result = grammar().parser(), None
    for index, item in enumerate(words):
        try:
            result = parser.feed(item)
        except Unexpected:
            return index, parser.accepts()
    return len(words), result


def theirs(words: Sequence[Word]) -> tuple[int, Any]:
    parser, result = by_lark().parse_interactive(), None
    for index, item in enumerate(words):
        token: Any = Placed(item.type, str(item))
        token.span = item.span
        try:
            result = parser.feed_token(token)
        except UnexpectedToken:
            return index, parser.accepts()
    return len(words), result


@pytest.mark.parametrize("text", TEXTS, ids=[path.stem for path in SPECS])
def test_specs_are_read_as_lark_reads_them(text: str) -> None:
    words = words_of(text)
    assert ours(words) == theirs(words)
    assert repr(ours(words)) == repr(theirs(words))


def test_what_is_no_spec_is_refused_where_lark_refuses_it() -> None:
    refused = 0
    for text in soups():
        words = words_of(text)
        found = ours(words)
        assert found == theirs(words), text
        refused += found[0] < len(words)
    assert refused > 100


def test_texts_are_cut_as_lark_cuts_them() -> None:
    chance = Random(0)
    noise = [
        "".join(chr(chance.choice((9, 10, 13, chance.randint(32, 0x2FF)))) for _ in range(200)) for _ in range(200)
    ]
    for text in (*TEXTS, *soups(), *noise):
        expected = [(token.type, str(token)) for token in by_lark().lex(text, dont_ignore=True)]
        assert [(kind, piece) for kind, piece, _, _ in grammar().pieces(text)] == expected
        assert "".join(piece for _, piece, _, _ in grammar().pieces(text)) == text


def test_no_command_needs_lark() -> None:
    code = "import sys; sys.modules['lark'] = None; from netspec.cli import main; main()"
    spec = ROOT / "specs" / "mnist_fc.net"
    for arguments in (["check", spec], ["fmt", "--check", spec], ["convert", spec]):
        ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr


def test_a_table_is_made_again_where_it_is_of_another_grammar(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text('{"lark": "0.0", "grammar": "another one"}')
    made = json.loads(grammar_table(path))
    assert made["lark"] == lark.__version__
    path.write_text(json.dumps(made | {"lark": "0.0"}))
    assert grammar_table(path) == path.read_text(), "of an older lark, but of this grammar"
