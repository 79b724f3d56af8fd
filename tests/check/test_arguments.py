"""What is said of arguments that stand without their names is true of every entry of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import slots
from netspec.checker.entries.bind import bind
from netspec.diagnostics import Diagnostic
from netspec.lang import tree
from netspec.lang.read import read_tree
from netspec.problems import Problems
from netspec.source import Source

ENTRIES = [entry for kind in listed_kinds() for entry in entries(kind)]


def calls(entry: type[Entry], extra: int) -> Iterator[tuple[set[str], str]]:
    """Calls with the first fields by name, and with some numbers without names before or behind them."""
    fields = list(slots(entry))
    for count in range(len(fields) + 1):
        for place in {0, count}:
            arguments = [f"{name}=1" for name in fields[:count]]
            arguments[place:place] = ["7"] * extra
            yield set(fields[:count]), f"{entry.name()}({', '.join(arguments)})"


def said(entry: type[Entry], call: str) -> Iterator[Diagnostic]:
    """What is said of the arguments of a call that need names."""
    source, problems = Source("spec.net", f"model {{ {call} }}\n"), Problems()
    body = read_tree(source, Problems()).body
    node = next(item for item in tree.walk(body) if isinstance(item, tree.Call))
    bind(entry, node.arguments, problems)
    yield from (found for found in problems.diagnose(source) if found.code == "NS224")


@pytest.mark.parametrize("extra", [1, 2, 3])
def test_no_argument_that_is_given_is_proposed_and_the_number_of_them_is_true(extra: int) -> None:
    told = 0
    for entry in ENTRIES:
        for given, call in calls(entry, extra):
            for found in said(entry, call):
                told += 1
                proposed = re.findall(r"takes `(\w+)` by name", found.message)
                if listed := re.fullmatch(r"others go by name: ([\w, ]+)", found.help or ""):
                    proposed += listed[1].split(", ")
                assert not given & set(proposed), call
                if limit := re.search(r"it takes (none|at most \d+)$", found.message):
                    assert extra > int(limit[1].removeprefix("at most ").replace("none", "0")), call
    assert told > 1000
