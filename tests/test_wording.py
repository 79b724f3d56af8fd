"""Small words of messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.catalogue.listing import listed_kinds
from netspec.wording import counted, plural

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("noun", "several"), [("layer", "layers"), ("loss", "losses"), ("mix", "mixes"), ("penalty", "penalties")]
)
def test_plurals(noun: str, several: str) -> None:
    assert plural(noun) == several
    assert (counted(1, noun), counted(2, noun)) == (f"1 {noun}", f"2 {several}")


def test_a_kind_has_a_page_of_its_plural() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "reference").glob("*.md")} - {"README"}
    assert {plural(kind.kind_key()) for kind in listed_kinds()} == pages
