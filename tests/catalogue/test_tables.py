"""Tables with texts and with empty cells: what becomes of them, and what is said where nothing becomes of them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.csv import Csv
from netspec.catalogue.transforms import Transform
from netspec.catalogue.transforms.fill_missing import FillMissing
from netspec.catalogue.transforms.min_max import MinMax
from netspec.catalogue.transforms.standardize import Standardize
from netspec.catalogue.types import DataField
from netspec.formats.columns import Column, Remark
from netspec.formats.errors import DataError
from netspec.formats.tables import TableFile
from netspec.shapes import MisfitError
from tests.specs import check, rendered

PETS = "age,colour,name,kind\n3,red,Ann,cat\n,blue,Bob,dog\n5,red,Cid,cat\nNA,,Dan,dog\n"


def table_of(field: DataField) -> Table:
    assert isinstance(field.type, Table)
    return field.type


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    (tmp_path / "t.csv").write_text(PETS)
    return DataFolders(tmp_path, tmp_path / "data")


def pets(**arguments: Any) -> Csv:
    defaults: dict[str, Any] = {"categories": ("colour",), "ignore": ("name",)}
    return Csv(path="t.csv", target="kind", **defaults | arguments)


def error_of(source: Csv, folders: DataFolders) -> DataError:
    with pytest.raises(DataError) as caught:
        source.describe(folders)
    return caught.value


# --------------------------------------------------------------------------------------------------------- categories


def test_each_text_of_a_column_becomes_an_input(folders: DataFolders) -> None:
    loaded = pets().load(folders)
    (field,), (inputs,) = loaded.type.fields, loaded.train.inputs
    assert str(field) == "table[4]"
    assert table_of(field).columns == (Column("age"), Column("colour", ("", "blue", "red")))
    assert inputs[:, 1:].tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


@given(st.lists(st.sampled_from(["a", "b b", "Ä", "1", "01", ""]), min_size=2, max_size=12))
def test_categories_are_those_of_scikit_learn(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("texts")
    rows = (f"{text},{number % 2}\n" for number, text in enumerate(texts))
    (folder / "t.csv").write_text("text,t\n" + "".join(rows), encoding="utf-8")
    (inputs,) = Csv(path="t.csv", target="t", categories=("text",)).load(DataFolders(folder, folder)).train.inputs
    wanted = OneHotEncoder(sparse_output=False).fit_transform(np.array(texts, dtype=object)[:, None])
    assert inputs.tolist() == wanted.tolist()


def test_a_table_to_test_on_has_the_categories_of_the_one_to_train_on(folders: DataFolders) -> None:
    (folders.spec / "u.csv").write_text("age,colour,name,kind\n1,blue,x,cat\n")
    test = pets(test="u.csv").load(folders).test
    assert test is not None and test.inputs[0].tolist() == [[1, 0, 1, 0]]
    (folders.spec / "u.csv").write_text("age,colour,name,kind\n1,blue,x,cat\n2,green,x,cat\n")
    loaded = pets(test="u.csv").load(folders)
    assert loaded.test is not None and loaded.test.inputs[0].tolist() == [[1, 0, 1, 0], [2, 0, 0, 0]]
    assert loaded.type.remarks == (
        Remark(
            "unseen",
            "a cell of the column `colour` in `u.csv` is none of its categories, such as `green`",
            "its inputs are 0 in these rows",
        ),
    )


def test_a_text_among_numbers_is_answered_with_categories(folders: DataFolders) -> None:
    error = error_of(pets(categories=()), folders)
    assert (error.reason, error.line) == ("`red` in the column `colour` is not a number", 2)
    assert error.help == '`categories=["colour"]` makes an input of each text'


@pytest.mark.parametrize("argument", ["categories", "ignore"])
def test_a_column_that_is_not_there_is_blamed_in_the_spec(folders: DataFolders, argument: str) -> None:
    error = error_of(pets(**{argument: ("colours",)}), folders)
    assert error.argument == argument and error.help == "did you mean `colour`?"


def test_a_column_with_too_many_texts_is_no_category(folders: DataFolders) -> None:
    (folders.spec / "t.csv").write_text("a,kind\n" + "".join(f"{row},x{row % 2}\n" for row in range(1001)))
    error = error_of(pets(categories=("a",), ignore=()), folders)
    assert error.reason == "the column `a` has more than 1000 different texts" and error.line == 1002


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ignore": ("kind",)}, "`kind` is the target"),
        ({"categories": ("kind",)}, "`kind` is the target"),
        ({"categories": ("name",)}, "`name` is left out"),
    ],
)
def test_a_column_has_one_part_to_play(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(MisfitError, match=words):
        pets(**arguments).check()


# ----------------------------------------------------------------------------------------------------- missing values

SPEC = """
data {{
  source    = csv("t.csv", target="kind", categories=["colour"], ignore=["name"])
  {transform}
}}
model {{
  linear(2)
}}
"""


@pytest.mark.parametrize("transform", ["", "transform = standardize(measured) -> fill_missing(median)"])
def test_a_missing_value_that_nothing_fills_is_shown_at_its_cell(folders: DataFolders, transform: str) -> None:
    shown = rendered(check(SPEC.format(transform=transform), folder=folders.spec))
    assert "error[NS502]: a cell of the column `age` is empty" in shown
    assert "t.csv:3:1" in shown and "`fill_missing(median)`" in shown
    assert shown.count("error[") == 1


def test_a_missing_value_that_is_filled_is_good(folders: DataFolders) -> None:
    transform = "transform = fill_missing(median) -> standardize(measured)"
    assert rendered(check(SPEC.format(transform=transform), folder=folders.spec)) == "good"


@pytest.mark.parametrize("cell", ["", " ", "NA", "nan", "NaN", "null", "?", "n/a", "None"])
def test_what_is_not_known_is_missing(folders: DataFolders, cell: str) -> None:
    (folders.spec / "t.csv").write_text(f"a,kind\n1,x\n{cell},y\n")
    source = pets(categories=(), ignore=())
    (inputs,) = source.load(folders).train.inputs
    assert np.isnan(inputs).tolist() == [[False], [True]]
    gap = source.describe(folders).fields[0].gap
    assert gap is not None and (gap.line, gap.column) == (3, 1)


def test_a_column_without_a_value_is_refused(folders: DataFolders) -> None:
    (folders.spec / "t.csv").write_text("a,b,kind\n1,,x\n2,,y\n")
    error = error_of(pets(categories=(), ignore=()), folders)
    assert error.reason == "the column `b` has no value in any row" and error.help == '`ignore=["b"]` leaves it out'


values = st.floats(-1e6, 1e6) | st.just(float("nan"))
tables = arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=values)


@given(tables, tables)
def test_missing_values_are_filled_as_scikit_learn_fills_them(train: np.ndarray, other: np.ndarray) -> None:
    other = np.resize(other, (3, train.shape[1]))
    for value in ("mean", "median"):
        transform, imputer = FillMissing(value=value), SimpleImputer(strategy=value, keep_empty_features=True)
        measured = transform.fit(torch.from_numpy(train).split(4))
        wanted = imputer.fit(train).transform(other)
        found = transform.apply(torch.from_numpy(other), measured).numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-9)


def test_a_number_fills_too() -> None:
    filled = FillMissing(value=-1.0).apply(torch.tensor([[1.0, torch.nan]]), {})
    assert filled.tolist() == [[1, -1]]


# ------------------------------------------------------------------------------------------------------------ min_max

numbers = arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.integers(-1000, 1000))


@given(numbers)
def test_columns_are_scaled_as_scikit_learn_scales_them(train: np.ndarray) -> None:
    transform, other = MinMax(), train * 1.5 - 3
    measured = transform.fit(torch.from_numpy(train).split(4))
    wanted = MinMaxScaler().fit(train).transform(other)
    np.testing.assert_allclose(transform.apply(torch.from_numpy(other), measured).numpy(), wanted, atol=1e-12)


# -------------------------------------------------------------------------------------------------- what is measured


@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.integers(-1000, 1000)))
def test_columns_are_standardised_as_scikit_learn_does_it(train: np.ndarray) -> None:
    transform, rows = Standardize(), torch.from_numpy(train)
    found = transform.apply(rows, transform.fit(rows.split(4)))
    np.testing.assert_allclose(found.numpy(), StandardScaler().fit_transform(train), atol=1e-9)


@pytest.mark.parametrize("transform", [Standardize(), MinMax(), FillMissing(value="mean")], ids=lambda one: one.name())
def test_a_table_may_be_larger_than_the_memory(transform: Transform) -> None:
    """No portion is kept after the next one has come."""
    kept: list[weakref.ref[torch.Tensor]] = []

    def portions() -> Iterator[torch.Tensor]:
        for number in range(9):
            portion = torch.full((2, 3), float(number), dtype=torch.float64)
            kept.append(weakref.ref(portion))
            yield portion
            del portion
            assert sum(one() is not None for one in kept) <= 1

    transform.fit(portions())
    assert len(kept) == 9


# ------------------------------------------------------------------------------------------------- files to predict on


def test_files_to_predict_on_are_coded_as_the_table_was(folders: DataFolders) -> None:
    (field,) = pets().describe(folders).fields
    (folders.spec / "new.csv").write_text("colour,more,age\nred,x,7\nblue,x,\n")
    table = TableFile("new.csv", folders.spec / "new.csv", "file", quotable=True)
    found = table_of(field).read_table(table, fills=True)
    np.testing.assert_equal(found.values, np.array([[7, 0, 0, 1], [np.nan, 0, 1, 0]]))
    with pytest.raises(DataError, match="a value is missing in this row") as caught:
        table_of(field).read_table(table, fills=False)
    assert caught.value.line == 3
