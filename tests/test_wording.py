"""Small words of messages."""

from __future__ import annotations

import pytest

from netspec.catalogue.listing import listed_kinds
from netspec.wording import counted, plural


@pytest.mark.parametrize(
    ("noun", "several"), [("layer", "layers"), ("loss", "losses"), ("mix", "mixes"), ("penalty", "penalties")]
)
def test_plurals(noun: str, several: str) -> None:
    assert plural(noun) == several
    assert (counted(1, noun), counted(2, noun)) == (f"1 {noun}", f"2 {several}")


def test_the_folder_of_a_kind_is_its_plural() -> None:
    assert [plural(kind.kind) for kind in listed_kinds()] == [
        kind.__module__.rpartition(".")[2] for kind in listed_kinds()
    ]
