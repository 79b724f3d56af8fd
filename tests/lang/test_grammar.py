"""The parser comes from the generated table, or without it from the grammar."""

from __future__ import annotations

from pathlib import Path

import lark
import pytest
from lark import Lark

from netspec.generate.grammar_table import grammar_table
from netspec.lang import grammar_table as generated
from netspec.lang.grammar import grammar
from netspec.lang.parser import parse
from netspec.problems import Problems
from netspec.source import Source
from tests.specs import ROOT

SPECS = sorted((ROOT / "specs").rglob("*.net"))


@pytest.fixture
def no_table(monkeypatch: pytest.MonkeyPatch):
    """The table is of another version of lark."""
    monkeypatch.setattr(generated, "LARK", "0.0")
    grammar.cache_clear()
    yield
    grammar.cache_clear()


def trees() -> list[str]:
    return [repr(parse(Source(path.name, path.read_text()), Problems())) for path in SPECS]


def test_another_version_of_lark_parses_the_same(request: pytest.FixtureRequest):
    assert lark.__version__ == generated.LARK, "else the table isn't what is tested"
    from_table = trees()
    request.getfixturevalue("no_table")
    assert trees() == from_table


def test_the_table_is_taken_for_the_version_that_made_it(monkeypatch: pytest.MonkeyPatch):
    def never(*_arguments: object, **_settings: object) -> None:
        raise AssertionError("lark analyses the grammar")

    grammar.cache_clear()
    monkeypatch.setattr(Lark, "__init__", never)
    assert grammar().terminals


def test_a_table_is_made_again_where_it_is_of_another_grammar(tmp_path: Path):
    path = tmp_path / "table.py"
    path.write_text('LARK = "0.0"\nGRAMMAR = "of another one"\n')
    made = grammar_table(path)
    assert f'LARK = "{lark.__version__}"' in made
    path.write_text(made.replace(f'LARK = "{lark.__version__}"', 'LARK = "0.0"'))
    assert grammar_table(path) == path.read_text(), "of an older lark, but of this grammar"
