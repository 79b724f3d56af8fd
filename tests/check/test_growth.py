"""The work of a check grows with the spec and no faster, also where everything in it is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netspec.checker import check_file, check_source
from netspec.diagnostics import _guess
from netspec.lang.lexical import WORD_LIMIT
from netspec.problems import Problems
from netspec.source import Source

HEAD = "data { source = synthetic(features=8, classes=8) }\n"
MODEL = "model { linear(8) }\n"
FEW = 150
"""More mistakes than are reported."""


def lines(line: str) -> Callable[[int], str]:
    """A line again and again, with numbers in the place of `#`."""
    return lambda count: "".join(line.replace("#", str(number)) for number in range(count))


def spec(before: str = "", within: str = "linear(8)\n", data: str = "") -> Callable[[int], str]:
    """A spec of so many lines before the model, within it, or in `data`."""
    return lambda count: (
        HEAD.replace(" }", "\n" + lines(data)(count) + " }")
        + lines(before)(count)
        + f"model {{\n{lines(within)(count)}}}\n"
    )


SPECS: dict[str, Callable[[int], str]] = {
    "unused blocks": spec(before="block b# { relu }\n"),
    "unused params": spec(before="param p# = #\n"),
    "params of unknown names": spec(before="param p# = q# + 1\n"),
    "unknown names among many": spec(before="param p# = #\n", within="linear(nothing_#)\n"),
    "unknown operations among many": spec(before="block b# { relu }\n", within="nothing_#(8)\n"),
    "unknown arguments": spec(within="linear(8, nothing_#=3)\n"),
    "unknown names in blocks": spec(before="block b# { lineer(8) -> nothing_# }\n"),
    "unknown labels among many": spec(within="a#: linear(8)\nreuse(nothing_#)\n"),
    "unknown names in labels": lambda count: (
        f"{HEAD}model {{\n" + lines("x# = input\n")(count) + lines('"fc{nothing_#}": linear(8)\n')(count) + "}\n"
    ),
    "unknown keys": spec(data="nothing_# = 3\n"),
    "unknown sections": spec(before="nothing_# { a = 3 }\n"),
    "the same mistake in each turn": lambda count: f"{HEAD}model {{ repeat {count} {{ nothing }} }}\n",
    "the same misfit in each turn": lambda count: f"{HEAD}model {{ repeat {count} {{ conv(8, 3) }} }}\n",
    "brackets that aren't closed": spec(within="linear(8 8)\n"),
}


def work(text: str) -> int:
    """How many functions are called by a check, those of C and what generators do for each value too."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    _guess.cache_clear()
    source = Source("spec.net", text)
    sys.setprofile(count)
    try:
        check_source(source)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("kind", SPECS)
def test_twice_the_spec_is_twice_the_work(kind: str) -> None:
    write = SPECS[kind]
    check_source(Source("spec.net", write(FEW)))  # what is imported or kept for all specs is no work of one
    small, middle, large = (work(write(count)) for count in (FEW, 2 * FEW, 4 * FEW))
    assert large - middle < 2.1 * (middle - small)


@pytest.mark.parametrize("kind", [kind for kind in SPECS if "unknown" in kind])
def test_what_was_meant_is_searched_for_only_where_it_is_said(kind: str) -> None:
    _guess.cache_clear()
    check_source(Source("spec.net", SPECS[kind](5 * FEW)))
    # a name is compared with those of netspec, and with those of other libraries
    assert _guess.cache_info().misses <= 2 * Problems.limit


def test_all_files_of_a_spec_together_have_a_limit_and_those_beyond_it_are_not_read(tmp_path: Path) -> None:
    blocks = "".join(f"block b{number} {{ relu }}\n" for number in range(WORD_LIMIT // 15))
    names = range(30)
    for number in names:
        (tmp_path / f"{number}.net").write_text(blocks.replace("block b", f"block b{number}_"))
    imports = "".join(f'from "{number}.net" import b{number}_0\n' for number in names)
    (tmp_path / "spec.net").write_text(f"{imports}{HEAD}{MODEL}")
    found = check_file(tmp_path / "spec.net")
    (diagnostic,) = (each for each in found.diagnostics if each.is_error)
    assert diagnostic.message == "a spec has at most 100_000 words, those of its files included"
    assert diagnostic.span is not None and diagnostic.span.text == '"2.net"'


def test_a_spec_of_200_imports_is_told_how_many_files_it_may_have(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.net").write_text(f"block b{number} {{ relu }}\n")
    imports = "".join(f'from "{number}.net" import b{number}\n' for number in range(200))
    (tmp_path / "spec.net").write_text(f"{imports}{HEAD}{MODEL}")
    messages = {each.message for each in check_file(tmp_path / "spec.net").diagnostics if each.is_error}
    assert messages == {"a spec is made of at most 64 files"}
