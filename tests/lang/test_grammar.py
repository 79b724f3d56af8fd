"""The parser comes from the generated table, or without it from the grammar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import lark
import pytest
from lark import Lark

from netspec.generate.grammar_table import grammar_table
from netspec.lang.text.grammar import TABLE, grammar
from netspec.lang.text.parser import parse
from netspec.problems import Problems
from netspec.resources import resource
from netspec.source import Source
from tests.specs import ROOT

SPECS = sorted((ROOT / "specs").rglob("*.net"))
MADE_BY = json.loads(resource("grammar", TABLE).read_text())["lark"]

pytestmark = pytest.mark.skipif(lark.__version__ != MADE_BY, reason=f"the table is of lark {MADE_BY}")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    grammar.cache_clear()
    yield
    grammar.cache_clear()


def trees() -> list[str]:
    return [repr(parse(Source(path.name, path.read_text()), Problems())) for path in SPECS]


def test_another_version_of_lark_parses_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from_table = trees()
    grammar.cache_clear()
    monkeypatch.setattr(lark, "__version__", "0.0")
    assert trees() == from_table


def test_the_table_is_taken_for_the_version_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object, **_settings: object) -> None:
        raise AssertionError("lark analyses the grammar")

    monkeypatch.setattr(Lark, "__init__", never)
    assert grammar().terminals


def test_a_table_is_made_again_where_it_is_of_another_grammar(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text('{"lark": "0.0", "grammar": "another one"}')
    made = json.loads(grammar_table(path))
    assert made["lark"] == lark.__version__
    path.write_text(json.dumps(made | {"lark": "0.0"}))
    assert grammar_table(path) == path.read_text(), "of an older lark, but of this grammar"
