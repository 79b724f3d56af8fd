"""The formatter: golden pairs in `cases.md`, and what holds of every spec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netspec.checker import check_source
from netspec.lang.text.parser import parse
from netspec.lang.text.printer import format_text
from netspec.lang.tree import Tree
from netspec.problems import Problems
from netspec.source import Source
from tests.specs import FILES

CASES = Path(__file__).parent / "cases.md"
CASE = re.compile(
    r"^### (?P<title>.+?)\n.*?```net\n(?P<before>.*?)```\n\nbecomes\n\n```net\n(?P<after>.*?)```\n", re.S | re.M
)


def cases() -> Iterator[object]:
    for match in CASE.finditer(CASES.read_text(encoding="utf-8")):
        yield pytest.param(match["before"], match["after"], id=match["title"])


def tree(text: str) -> Tree:
    problems = Problems()
    result = parse(Source("spec.net", text), problems)
    assert not list(problems)
    return result


def formatted(text: str) -> str:
    return format_text(tree(text))


def comments(text: str) -> list[str]:
    """What is said in comments, whatever stands around it."""
    lines = re.split(r"[\r\n]", re.sub(r'"[^"\r\n]*"', "", text))
    found = re.findall(r"#+ *(.*?)\s*$", "\n".join(lines), re.M)
    return sorted(filter(None, found))


@pytest.mark.parametrize(("before", "after"), list(cases()))
def test_layout(before: str, after: str) -> None:
    assert formatted(before) == after


@pytest.mark.parametrize(("before", "after"), list(cases()))
def test_a_formatted_spec_stays_as_it_is(before: str, after: str) -> None:
    assert formatted(after) == after


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_specs_that_come_with_netspec_are_formatted(path: Path) -> None:
    assert formatted(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8")


# ---- what holds of every spec ----

NAMES = st.sampled_from(["linear", "conv", "relu", "fc1", "alpha", "x", "batch_norm", "mnist", "a_b"])
ENDINGS = st.sampled_from(["", "  # said behind", "\t"])
SCOPES = st.sampled_from(["{", "{ # opened", "a_b: {", "x {", "conv(1) {", "conv(1, # within\n 2) { # opened"])
NUMBERS = st.sampled_from(["0", "1", "256", "1e-3", "0.5", "60_000"])
GAPS = st.sampled_from(["", " ", "\t", "\n", "  # in it\n", "# a\n  # b\n", "\n# alone\n", "\r\n", "# mac\r"])
"""What may stand between two words inside of brackets."""


def spread(*words: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The words with gaps between them; the first and the last are brackets."""
    parts: list[st.SearchStrategy[str]] = []
    for word in words:
        parts += [GAPS, word if isinstance(word, st.SearchStrategy) else st.just(word)]
    return st.tuples(*parts[1:]).map(" ".join)


def items(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Up to three, with commas and gaps between them."""
    return st.lists(st.tuples(GAPS, inner, GAPS).map("".join), max_size=3).map(",".join)


def expressions() -> st.SearchStrategy[str]:
    leaves = st.one_of(NAMES, NUMBERS, st.sampled_from(['"a b"', "true", "none", "10%", "3 epochs", "validation.loss"]))

    def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        named = st.tuples(NAMES, GAPS, st.just("="), GAPS, inner).map("".join)
        piped = spread("(", inner, "->", inner, ")")
        signs = st.sampled_from(["+", "*", "or", "and", "==", "//", "**", "->"])
        return st.one_of(
            st.builds("{}({}{})".format, NAMES, items(st.one_of(inner, named, piped)), GAPS),
            st.builds("[{}{}]".format, items(inner), GAPS),
            spread("(", inner, signs, inner, ")"),
            spread("(", inner, "if", inner, "else", inner, ")"),
            spread("(", "not", inner, ")"),
            spread("(", "-", inner, ")"),
            spread("(", inner, ")"),
        )

    return st.recursive(leaves, nested, max_leaves=8)


def pipes() -> st.SearchStrategy[str]:
    labelled = st.builds("{}: {}".format, NAMES, st.one_of(NAMES, expressions()))
    step = st.one_of(expressions(), labelled, st.builds("{}\nrelu{}\n}}".format, SCOPES, ENDINGS))
    arrow = st.sampled_from([" -> ", "->", "  # a step\n  -> ", "\n->", "\n # x\n\n # y\n -> "])
    return st.builds(lambda steps, sign: sign.join(steps), st.lists(step, min_size=1, max_size=4), arrow)


def values() -> st.SearchStrategy[str]:
    """What stands behind `=`, where no body may."""
    step = st.one_of(expressions(), st.builds("{}: {}".format, NAMES, NAMES))
    arrow = st.sampled_from([" -> ", "\n->", "  # a step\n  -> "])
    return st.builds(lambda steps, sign: sign.join(steps), st.lists(step, min_size=1, max_size=4), arrow)


KEYS = st.sampled_from(["source", "transform", "metrics", "optimizer", "seed"])


def statements(depth: int = 2) -> st.SearchStrategy[str]:
    plain = st.one_of(
        pipes(),
        st.builds("{} = {}".format, st.one_of(NAMES, KEYS), values()),
        st.builds("param {} = {}".format, NAMES, expressions()),
        st.builds("assert {}".format, expressions()),
    )
    alone = st.sampled_from(["# said alone", "", "## a doc", "\n"])
    line = st.one_of(st.builds("{}{}".format, plain, ENDINGS), alone)
    if depth == 0:
        return line
    inner = st.lists(statements(depth - 1), max_size=4).map("\n".join)
    heads = st.one_of(SCOPES, st.sampled_from(["data {", "model {", "train {", "evaluate { # how"]))
    block = st.builds("{}\n{}\n}}{}".format, heads, inner, ENDINGS)
    return st.one_of(line, line, block)


SPEC_TEXTS = st.lists(statements(), max_size=6).map("\n".join)


COMMENT_IN_A_SHAPE = "linear -> linear: [  # in it\n]  # said behind"


@example(COMMENT_IN_A_SHAPE)
@given(SPEC_TEXTS)
def test_formatting_twice_changes_nothing(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once


@example(COMMENT_IN_A_SHAPE)
@given(SPEC_TEXTS)
def test_no_comment_is_lost(text: str) -> None:
    assert comments(formatted(text)) == comments(text)


@given(SPEC_TEXTS)
def test_what_a_spec_says_stays(text: str) -> None:
    """Whatever the checker says of a text, it says of the formatted one, place aside."""

    def said(text: str) -> list[str]:
        return sorted(diagnostic.code for diagnostic in check_source(Source("spec.net", text)).diagnostics)

    assert said(formatted(text)) == said(text)
