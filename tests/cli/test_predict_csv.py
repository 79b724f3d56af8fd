"""Predictions as a table: named as in the training table, with the ids of the rows, in their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from netspec import api
from tests.cli.conftest import Netspec
from tests.specs import check

SPEC = """\
data {{ source = csv("train.csv", target={target}) }}
model {{ linear({outputs}) }}
train {{ epochs = 1 }}
"""


@pytest.fixture
def tables(folder: Path) -> Path:
    """A table of flats, of which some are sold, and one of further flats."""
    rows = [f"{row * 7 % 11},{row * 3 % 5},{row % 2}" for row in range(24)]
    (folder / "train.csv").write_text("\n".join(["rooms,floor,sold", *rows]) + "\n")
    (folder / "new.csv").write_text("floor,flat,rooms\n1,b7,3\n0,a2,5\n")
    return folder


def train(folder: Path, text: str) -> None:
    api.run(check(text, folder=folder).require(), out="run")


@pytest.mark.parametrize(("target", "outputs"), [('class("sold")', 2), ('number("sold")', 1)])
def test_the_prediction_is_named_as_the_column_that_was_learned(
    netspec: Netspec, tables: Path, target: str, outputs: int
) -> None:
    train(tables, SPEC.format(target=target, outputs=outputs))
    header, *rows = netspec("predict", "run", "new.csv", "--id", "flat", "--format", "csv").out.splitlines()
    assert header == "flat,sold"
    assert [row.split(",")[0] for row in rows] == ["b7", "a2"]


def test_a_prediction_in_csv_is_the_one_in_json(netspec: Netspec, tables: Path) -> None:
    train(tables, SPEC.format(target='number("sold")', outputs=1))
    first, second = (one.values["number"] for one in api.predict("run", ["new.csv"]))
    out = netspec("predict", "run", "new.csv", "--format", "csv").out
    assert out == f"sample,sold\nnew.csv:1,{first}\nnew.csv:2,{second}\n"


def test_without_a_table_the_prediction_is_named_for_its_kind(netspec: Netspec, folder: Path) -> None:
    source = "synthetic(image=[1, 4, 4], classes=2)"
    train(folder, f"data {{ source = {source} }}\nmodel {{ flatten -> linear(2) }}\ntrain {{ epochs = 1 }}\n")
    Image.new("L", (4, 4)).save("photo.png")
    assert netspec("predict", "run", "photo.png", "--format", "csv").out.startswith("sample,label\n")
