"""Columns that alone tell the target are warned of, and columns that are merely good are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from netspec import api
from netspec.data import leaks
from netspec.data.prepare import load_splits
from netspec.diagnostics import Diagnostic
from netspec.runner.events import RunResult
from tests.specs import check

ROWS = 120


def write(folder: Path, name: str = "t.csv", /, **columns: Any) -> None:
    """A table of these columns, empty where they are NaN."""
    rows = zip(*columns.values(), strict=True)
    text = "".join(",".join("" if cell != cell else str(cell) for cell in row) + "\n" for row in rows)
    (folder / name).write_text(f"{','.join(columns)}\n{text}")


def found(folder: Path, outputs: int, source: str = 'csv("t.csv", target="y")', more: str = "") -> list[Diagnostic]:
    """What is said of leaks in a table."""
    fill = ", transform = fill_missing(0)" if source.startswith("csv") else ""
    spec = f"data {{ source = {source}{fill}{more} }}\nmodel {{ flatten -> linear({outputs}) }}\n"
    raw = load_splits(check(spec, folder=folder).require())
    return [problem.diagnose() for problem in leaks.leaking_columns(raw.program, raw.splits)]


def classes(seed: int = 0, count: int = 3) -> tuple[np.random.Generator, np.ndarray, list[str]]:
    """Random numbers, the numbers of random classes, and their names."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(np.arange(ROWS) % count)
    return rng, numbers, ["abcdefgh"[number] for number in numbers]


# ---- classes ----

LEAKS: dict[str, Callable[[np.random.Generator, np.ndarray], Any]] = {
    "a code of the class": lambda rng, y: y * 7 + 1,
    "two codes for each class": lambda rng, y: 10 * y + rng.integers(0, 2, len(y)),
    "a value of its own for each class and none for the last": lambda rng, y: np.where(y == 2, np.nan, y * 0.5),
}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("validation", ["", ", validation = 25%"])
def test_values_that_occur_with_one_class_only_are_a_leak(tmp_path: Path, leak: str, validation: str) -> None:
    rng, y, names = classes()
    write(tmp_path, x=rng.normal(size=ROWS), code=LEAKS[leak](rng, y), y=names)
    (diagnostic,) = found(tmp_path, 3, more=validation)
    assert diagnostic.code == "NS512" and not diagnostic.is_error
    assert diagnostic.message.startswith("the column `code` alone determines the target: each of its ")
    assert "leave the column out" in (diagnostic.help or "")
    assert found(tmp_path, 3, 'csv("t.csv", target="y", ignore=["code"])') == []


def test_categories_that_occur_with_one_class_only_are_a_leak(tmp_path: Path) -> None:
    rng, y, names = classes()
    states = [("new", "paid", "late")[number] for number in y]
    write(tmp_path, color=rng.choice(["red", "blue", "green"], ROWS), state=states, x=rng.normal(size=ROWS), y=names)
    (diagnostic,) = found(tmp_path, 3, 'csv("t.csv", target="y", categories=["color", "state"])')
    assert "`state` alone determines the target: each of its 3 values" in diagnostic.message


@pytest.mark.parametrize("direction", [1, -1])
def test_a_threshold_between_two_classes_is_a_leak(tmp_path: Path, direction: int) -> None:
    rng, y, names = classes(count=2)
    score = direction * (y + rng.uniform(0, 1, ROWS))
    write(tmp_path, x=rng.normal(size=ROWS), score=score, y=names)
    (diagnostic,) = found(tmp_path, 2, more=", validation = 25%")
    high, low = "ba" if direction == 1 else "ab"
    assert f"`{high}` has the values above" in diagnostic.message
    assert f"`{low}` the others" in diagnostic.message


def test_a_value_that_only_one_class_has_is_a_leak(tmp_path: Path) -> None:
    """The refund of those who got one; that of the others is missing."""
    rng, y, names = classes(count=2)
    write(tmp_path, x=rng.normal(size=ROWS), refund=np.where(y == 1, rng.normal(size=ROWS), np.nan), y=names)
    (diagnostic,) = found(tmp_path, 2)
    assert "`refund`" in diagnostic.message


def test_a_leak_into_a_rare_class_is_one_and_that_of_the_majority_is_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(2000) < 15
    names = np.where(y, "rare", "common")
    write(tmp_path, x=rng.integers(0, 2, 2000), code=y.astype(int), y=names)
    assert [item.message.split("`")[1] for item in found(tmp_path, 2)] == ["code"]
    write(tmp_path, x=rng.integers(0, 2, 2000), constant=[1] * 2000, y=names)
    assert found(tmp_path, 2) == []


def test_a_rule_that_fails_in_another_split_is_none(tmp_path: Path) -> None:
    rng, y, names = classes()
    write(tmp_path, x=rng.normal(size=ROWS), code=y, y=names)
    write(tmp_path, "test.csv", x=rng.normal(size=ROWS), code=rng.permutation(y), y=names)
    assert len(found(tmp_path, 3)) == 1
    assert found(tmp_path, 3, 'csv("t.csv", target="y", test="test.csv")') == []


def test_few_wrong_samples_are_allowed_only_in_many(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(3000) % 2)
    for wrong, expected in ((1, 1), (20, 0)):
        code = np.where(np.arange(3000) < wrong, 1 - y, y)
        write(tmp_path, x=rng.normal(size=3000), code=code, y=[f"c{number}" for number in y])
        assert len(found(tmp_path, 2)) == expected


# ---- what is no leak ----

HARMLESS: dict[str, Callable[[np.random.Generator, np.ndarray], Any]] = {
    "one class stands apart": lambda rng, y: np.where(y == 0, rng.uniform(0, 1, ROWS), rng.uniform(2, 5, ROWS)),
    "a number of its own for each row": lambda rng, y: np.argsort(np.argsort(y, kind="stable")),
    "a value in several classes": lambda rng, y: np.where(rng.uniform(size=ROWS) < 0.05, 9, y),
    "values that occur once or twice": lambda rng, y: y + 3 * rng.permutation(np.arange(ROWS) // 2),
}


@pytest.mark.parametrize("column", HARMLESS)
def test_a_column_that_is_merely_good_is_no_leak(tmp_path: Path, column: str) -> None:
    rng, y, names = classes()
    write(tmp_path, x=rng.normal(size=ROWS), other=HARMLESS[column](rng, y), y=names)
    assert found(tmp_path, 3) == []


def test_the_only_column_is_the_task_itself(tmp_path: Path) -> None:
    _, y, names = classes()
    write(tmp_path, x=y, y=names)
    assert found(tmp_path, 3) == []
    write(tmp_path, x=np.arange(ROWS), y=2.0 * np.arange(ROWS) + 0.5)
    assert found(tmp_path, 1) == []


def test_few_samples_tell_nothing(tmp_path: Path) -> None:
    rng, y, names = classes()
    few = leaks.FEWEST - 1
    write(tmp_path, x=rng.normal(size=few), code=y[:few], y=names[:few])
    assert found(tmp_path, 3) == []


def test_few_samples_of_a_class_tell_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for rare, expected in ((leaks.SUPPORT - 1, 0), (leaks.SUPPORT, 1)):
        y = np.arange(ROWS) < rare
        write(tmp_path, x=rng.normal(size=ROWS), score=y + rng.uniform(0, 1, ROWS), y=np.where(y, "rare", "common"))
        assert len(found(tmp_path, 2)) == expected


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits", "diabetes"])
def test_known_data_has_no_leak_neither_bundled_nor_in_a_file(tmp_path: Path, name: str) -> None:
    bunch = getattr(datasets, f"load_{name}")()
    outputs = 1 if name == "diabetes" else len(bunch.target_names)
    kind = "number" if name == "diabetes" else "class"
    columns = {f"c{index}": values for index, values in enumerate(bunch.data.T)}
    write(tmp_path, **columns, y=bunch.target)
    assert found(tmp_path, outputs, f'csv("t.csv", target={kind}("y"))') == []
    assert found(tmp_path, outputs, f"{name}()") == []


@pytest.mark.parametrize("source", ["blobs(classes=2)", "moons()", "circles()", "synthetic(features=9, classes=2)"])
def test_generated_data_has_no_leak(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, 2, source) == []


# ---- numbers ----


@pytest.mark.parametrize("scale", [1.0, -0.13, 1e6])
def test_the_target_in_other_units_is_a_leak(tmp_path: Path, scale: float) -> None:
    rng = np.random.default_rng(0)
    x, price = rng.normal(size=(2, ROWS))
    other = [np.nan if row % 9 == 0 else round(scale * value + 3, 9) for row, value in enumerate(price)]
    write(tmp_path, x=x, other=other, y=price)
    (diagnostic,) = found(tmp_path, 1)
    assert f"`other` alone determines the target: its correlation with the target is {np.sign(scale):.5f}" in (
        diagnostic.message
    )
    write(tmp_path, x=x, other=price + 0.1 * x, y=price)
    assert found(tmp_path, 1) == []


# ---- where it is shown ----


def test_data_a_run_and_its_report_warn_of_a_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng, y, names = classes()
    write(tmp_path, x=rng.normal(size=ROWS), code=y, y=names)
    spec = tmp_path / "s.net"
    spec.write_text('data { source = csv("t.csv", target="y") }\nmodel { linear(3) }\ntrain { epochs = 1 }\n')
    assert [item.code for item in api.data_facts(spec).diagnostics] == ["NS512"]
    result = api.run(spec)
    assert isinstance(result, RunResult)
    assert json.loads((result.folder / "run.json").read_text())["data"]["warnings"] == list(result.data.warnings)
    assert [warning[:5] for warning in result.data.warnings] == ["NS512"]
    assert "NS512: the column `code` alone determines the target" in (result.folder / "report.html").read_text()


def test_of_many_leaks_the_first_are_shown(tmp_path: Path) -> None:
    rng, y, names = classes()
    write(tmp_path, x=rng.normal(size=ROWS), **{f"code{number}": y + number for number in range(9)}, y=names)
    assert [item.message.split("`")[1] for item in found(tmp_path, 3)] == [f"code{number}" for number in range(5)]
