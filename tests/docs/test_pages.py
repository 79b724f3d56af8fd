"""Every spec in the documentation is right, and every message in it is what netspec prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netspec import zoo
from netspec.catalogue.entry import names
from netspec.catalogue.listing import listed_kinds
from netspec.checker import check_source
from netspec.source import Source
from tests.specs import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```net\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| .* \| (.*) \|$", re.MULTILINE)
CALL = re.compile(r"(\w+)\(")
DATA = "data {\n  source     = mnist_sample()\n  validation = 10%\n}\n\n"
MODEL = "\nmodel {\n  flatten -> linear(10)\n}\n"

EXAMPLES = [
    pytest.param(match[1], id=f"{page.name}:{page.read_text(encoding='utf-8')[: match.start()].count(chr(10)) + 1}")
    for page in PAGES
    for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
]


def whole(example: str) -> str:
    """The example with the sections that every spec has."""
    data = "" if re.search(r"^data \{", example, re.MULTILINE) else DATA
    model = "" if re.search(r"^model \{", example, re.MULTILINE) else MODEL
    return f"{data}{example}{model}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_of_the_pages_are_good(example: str) -> None:
    checked = check_source(Source("example.net", whole(example), Path("example.net")))
    assert checked.program is not None and not checked.diagnostics, [item.message for item in checked.diagnostics]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10


def test_what_stands_for_a_class_of_torch_is_in_the_catalogue() -> None:
    page = (ROOT / "docs" / "from-pytorch.md").read_text(encoding="utf-8")
    known = {name for kind in listed_kinds() for name in names(kind)} | {*zoo.networks()}
    called = {name for row in ROW.findall(page) for code in re.findall(r"`(.*?)`", row) for name in CALL.findall(code)}
    assert len(called) > 12
    assert called - known <= {"name", "reuse", "replace", "concat"}
