"""A statement that was parsed before is put together without the parser, and is the same in everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.lang import tree
from netspec.lang.text import statement_cache
from netspec.lang.text.parser import parse
from netspec.lang.text.statement_cache import CACHE
from netspec.lang.text.tokens import tokenize
from netspec.lang.text.words import word
from netspec.problems import Problems
from netspec.source import Source
from tests.specs import FILES

LINES = """\
model {
  conv(8, 3, padding=1) -> batch_norm -> relu
  a: linear(64, bias=false): [64]
  left, right = chunk(2, dim=-1)
  y = (left + 2 * right) / 3
  "fc{i}": linear(10 if wide else 20)
  concat(left, right -> relu, y)
  input.channels

  # above
  relu  # behind
}
train { epochs = 5, max_time = 3 min }
param rate = 1e-3 in [1e-4, 1e-2]
data {
  split = 10%
  files = ["a", "b\\n"]
}
"""


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CACHE, "statements", {})


def parsed(text: str) -> tuple[str, list[str]]:
    """The tree with all of its spans, and what is wrong with the text."""
    problems, source = Problems(), Source("spec.net", text)
    found = parse(source, problems)
    assert all(node.span.source is source for node in tree.walk(found.body))
    return repr((found.body, found.comments)), [item.message for item in problems.diagnose(source)]


def test_the_second_time_everything_is_where_it_was_and_as_it_was() -> None:
    first = parsed(LINES)
    assert first[1] == []
    assert parsed(LINES) == first
    statements = ("conv(8, 3, padding=1) -> batch_norm -> relu", "a: linear(64, bias=false): [64]", "split = 10%")
    assert {
        *statements,
        "left, right = chunk(2, dim=-1)",
        "param rate = 1e-3 in [1e-4, 1e-2]",
    } <= CACHE.statements.keys()


def test_a_statement_is_where_it_is_now() -> None:
    parsed(LINES)
    moved = "# first\n\n" + LINES.replace("  ", "      ")
    warm = parsed(moved)
    CACHE.statements.clear()
    assert parsed(moved) == warm


def test_shipped_specs_are_the_same_from_the_cache() -> None:
    cold: dict[Path, tuple[str, list[str]]] = {}
    for path in FILES:
        CACHE.statements.clear()
        cold[path] = parsed(path.read_text(encoding="utf-8"))
    for path in FILES:
        assert parsed(path.read_text(encoding="utf-8")) == cold[path], path


@pytest.mark.parametrize(
    "text",
    [
        "model {\n  relu\n  linear(64\n  relu\n}\n",
        "model {\n  relu)\n  linear(64)\n}\n",
        "model {\n  linear(64))\n}\n",
        "model {\n  linear 64)\n  relu\n}\n",
        "model {\n  y = relu, z = relu\n}\n",
        "model {\n  linear(64) ->\n  relu\n}\n",
        "model {\n  linear(64)\n    -> relu\n}\n",
        "from relu\nimport linear(64)\n",
        "model {\n  concat(\n  relu\n  linear(64)\n  )\n}\n",
        "relu linear(64)\nrelu\n",
        "model { relu }\nmodel { linear(64) }\n",
        "model {\n  y = relu {\n  linear(64)\n  }\n}\n",
        "model {\n  relu{\n  linear(64)\n}\n",
        "if\nrelu\n{ linear(64) }\n",
    ],
)
def test_where_a_known_text_is_part_of_another_statement_it_is_read_as_such(text: str) -> None:
    cold = parsed(text)
    known = "model {\n  relu\n  linear(64)\n  y = relu\n  z = relu\n}\n"
    parsed(known)
    assert {"relu", "linear(64)", "y = relu"} <= CACHE.statements.keys()
    assert parsed(text) == cold


def test_words_that_the_text_has_not_make_another_statement() -> None:
    parsed("model {\n  linear(64)\n}\n")
    words, _ = tokenize(Source("spec.net", "linear(64)\nrelu"), Problems())
    assert CACHE.find(words, 0) is not None
    inserted = word("NUMBER", "64", words[2].span.after())
    assert CACHE.find([*words[:3], inserted, *words[3:]], 0) is None
    assert CACHE.find([*words[:2], *words[3:]], 0) is None


def test_a_text_with_a_mistake_leaves_nothing() -> None:
    parsed("model {\n  linear(64\n  relu\n  tanh\n}\n")
    assert not CACHE.statements


def test_the_oldest_statements_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_cache, "SIZE", 2)
    parsed("model {\n  relu\n  tanh\n  linear(64)\n}\n")
    assert list(CACHE.statements) == ["tanh", "linear(64)"]


def test_long_statements_are_not_kept() -> None:
    parsed(f"model {{\n  {' -> '.join(['relu'] * 200)}\n}}\n")
    assert not CACHE.statements
