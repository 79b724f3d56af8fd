"""The JSON reader says what the standard library says, and where."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.lang.json.nodes import Array, Literal, Number, Object, String, Value
from netspec.lang.json.syntax import parse_value
from netspec.lang.lexical import NESTING_LIMIT
from netspec.problems import Problems
from netspec.source import Source

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INTEGERS = st.integers(min_value=-(10**20), max_value=10**20)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)
PIECES = st.sampled_from([*"{}[],:\"-+.eE01a/\\ \n\t'#é", "true", "null", "NaN", '"a"', "\\u00e9", "1.5", '{"a":1}'])


def read(text: str) -> tuple[Value | None, list[tuple[str, int, int, str]]]:
    problems = Problems()
    value = parse_value(Source("spec.net.json", text), problems)
    found = [(d.code, d.span.line, d.span.column, d.message) for d in problems.diagnose() if d.span]
    return value, found


def plain(value: Value | None) -> Any:
    match value:
        case Object(members=members):
            return {member.key.value: plain(member.value) for member in members}
        case Array(items=items):
            return [plain(item) for item in items]
        case String(value=text) | Literal(value=text):
            return text
        case Number(text=text):
            return json.loads(text)
        case _:
            raise AssertionError(value)


def nodes(value: Value) -> list[Value]:
    inner = value.items if isinstance(value, Array) else ()
    if isinstance(value, Object):
        inner = tuple(part for member in value.members for part in (member.key, member.value))
    return [value, *(node for part in inner for node in nodes(part))]


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_what_the_standard_library_writes_is_read_back(value: Any, ascii: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii, indent=indent)
    found, problems = read(text)
    assert problems == []
    assert plain(found) == value


@given(VALUES)
def test_the_text_at_each_place_is_that_value(value: Any) -> None:
    found, _ = read(json.dumps(value, ensure_ascii=False))
    assert found is not None
    for node in nodes(found):
        assert json.loads(node.span.text) == plain(node)


def refuse(constant: str) -> None:
    raise ValueError(constant)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_it_refuses_what_the_standard_library_refuses(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=refuse)
    except ValueError:
        assert read(text)[1] != []
        return
    found, problems = read(text)
    # the one thing that is JSON and isn't taken
    if not any(code == "NS111" for code, *_ in problems):
        assert problems == []
        assert plain(found) == expected


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "words"),
    [
        ("", "NS110", 1, 1, "the file is empty"),
        ("  \n ", "NS110", 2, 2, "the file is empty"),
        ("[1,\n 2,\n]", "NS110", 2, 3, "no comma stands behind the last item"),
        ('{"a": 1,}', "NS110", 1, 8, "no comma stands behind the last item"),
        ("[1 2]", "NS110", 1, 4, "expected `,` or `]`, found `2`"),
        ('{"a" 1}', "NS110", 1, 6, "expected `:` behind the key, found `1`"),
        ("{a: 1}", "NS110", 1, 2, "expected a key in double quotes, found `a`"),
        ("{'a': 1}", "NS110", 1, 2, "strings are in double quotes"),
        ("[1, // one\n 2]", "NS110", 1, 5, "`$comment`"),
        ("[1, # one\n 2]", "NS110", 1, 5, "`$comment`"),
        ("[NaN]", "NS110", 1, 2, "neither NaN nor Infinity"),
        ("[-Infinity]", "NS110", 1, 2, "neither NaN nor Infinity"),
        ("[True]", "NS110", 1, 2, "`True` is no value"),
        ("[01]", "NS110", 1, 2, "`01` isn't one of its numbers"),
        ("[+1]", "NS110", 1, 2, "`+1` isn't one of its numbers"),
        ("[.5]", "NS110", 1, 2, "`.5` isn't one of its numbers"),
        ("[5.]", "NS110", 1, 2, "`5.` isn't one of its numbers"),
        ("[0x10]", "NS110", 1, 2, "`0x10` isn't one of its numbers"),
        ("[1e999]", "NS108", 1, 2, "too large"),
        (f"[{'1' * 33}]", "NS107", 1, 2, "at most 32 characters"),
        ("[1] 2", "NS110", 1, 5, "goes on"),
        ("[1", "NS102", 1, 1, "`[` is never closed"),
        ('{"a": [1}', "NS110", 1, 9, "expected `,` or `]`, found `}`"),
        ('["a', "NS104", 1, 2, "isn't closed"),
        ('["a\nb"]', "NS104", 1, 2, "isn't closed"),
        ('["\t"]', "NS110", 1, 3, "written \\u0009"),
        (r'["\x"]', "NS110", 1, 3, "behind a backslash"),
        (r'["\u12g4"]', "NS110", 1, 3, "behind a backslash"),
        (r'["\ud800"]', "NS110", 1, 2, "surrogate"),
        ('{"a": 1,\n "a": 2}', "NS111", 2, 2, "`a` stands here twice"),
        (r'{"a": 1, "\u0061": 2}', "NS111", 1, 10, "`a` stands here twice"),
        ("[" * (NESTING_LIMIT + 1), "NS106", 1, NESTING_LIMIT + 1, "deeper than 64"),
    ],
)
def test_one_mistake_is_one_problem_at_its_place(text: str, code: str, line: int, column: int, words: str) -> None:
    (found,) = read(text)[1]
    assert found[:3] == (code, line, column)
    assert words in found[3]


def test_more_words_than_a_spec_has_are_not_read() -> None:
    (found,) = read("[" + "1," * 10**6 + "1]")[1]
    assert found[:3] == ("NS113", 1, 2 * 99_999 + 2)


def test_a_surrogate_pair_is_a_character() -> None:
    assert plain(read(r'"\ud83d\ude00"')[0]) == "😀"


def test_the_limit_of_depth_is_within_reach() -> None:
    assert read("[" * NESTING_LIMIT + "]" * NESTING_LIMIT)[1] == []


@pytest.mark.parametrize("text", ["[" + "1," * 90_000 + "1]", '"' + r"\u00e9" * 150_000 + '"', "[" + " " * 10**6 + "]"])
def test_a_large_file_is_read_soon(text: str) -> None:
    start = time.perf_counter()
    assert read(text)[1] == []
    assert time.perf_counter() - start < 5
