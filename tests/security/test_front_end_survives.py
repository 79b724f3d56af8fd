"""The front end on nonsense: bytes, words in any order, real specs with something changed. It always ends in a
program or in diagnostics with a place, soon and in little memory.

`HYPOTHESIS_PROFILE=full python -m pytest tests/security` tries a hundred times as much.
"""

from __future__ import annotations

import contextlib
import time

from hypothesis import given
from hypothesis import strategies as st

from netspec.checker import check_source
from netspec.lang.reading import decode
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.diagnostics import render
from tests.specs import SPECS

TEXTS = [path.read_bytes() for path in SPECS]
WORDS = st.sampled_from(
    [
        "netspec",
        "param",
        "assert",
        "true",
        "false",
        "none",
        "or",
        "and",
        "not",
        "if",
        "else",
        "data",
        "model",
        "train",
        "evaluate",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "->",
        "=",
        ":",
        ",",
        ".",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "==",
        "<",
        "1",
        "2",
        "1e-3",
        "60_",
        "10%",
        "3",
        "epochs",
        "linear",
        "conv",
        "relu",
        "mnist_sample",
        "source",
        "optimizer",
        "adam",
        "lr",
        "\n",
        "#",
        '"',
        "'x'",
        ";",
        "é",
    ]
)


def survives(data: bytes, name: str = "spec.net") -> None:
    start = time.perf_counter()
    try:
        diagnostics = check_source(decode(data, name)).diagnostics
    except NetspecError as error:
        diagnostics = error.diagnostics
    text = render(diagnostics).plain
    diagnostics_as_json(diagnostics)
    assert "\x1b" not in text
    assert time.perf_counter() - start < 2


@given(st.binary(max_size=300))
def test_bytes(data: bytes) -> None:
    survives(data)


@given(st.text(max_size=300))
def test_text(text: str) -> None:
    survives(text.encode("utf-8", errors="surrogatepass"))


@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_words(text: str) -> None:
    survives(text.encode())


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A real spec with a few pieces cut out, doubled, swapped or overwritten."""
    data = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 20)))
        piece = draw(
            st.one_of(st.just(b""), st.just(data[start:end] * 2), st.binary(max_size=4), WORDS.map(str.encode))
        )
        data = data[:start] + piece + data[end:]
    return data


@given(mutations())
def test_mutations_of_real_specs(data: bytes) -> None:
    survives(data)


@given(mutations())
def test_the_same_as_json(data: bytes) -> None:
    survives(data, "spec.net.json")


def test_ten_thousand_brackets() -> None:
    for bracket in "([{":
        survives(b"model {" + bracket.encode() * 10_000)


def test_a_mebibyte_of_one_thing() -> None:
    for piece in (b"a", b"1", b"(", b"a ", b"- ", b'"', b"a\n", b"a = 1\n", b"\xff"):
        survives_within_limit(piece * (2**20 // len(piece)))


def survives_within_limit(data: bytes) -> None:
    """A file at the limit may take a while to read, but ends as well."""
    start = time.perf_counter()
    with contextlib.suppress(NetspecError):
        check_source(decode(data, "spec.net"))
    assert time.perf_counter() - start < 60
