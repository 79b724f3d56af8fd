"""Data with what a lint is for, planted at random, and the same data without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.campaigns.random_tables import STANDARDIZED, Rng, Table

Maker = Callable[[Rng, Path, bool], str]
"""Writes files into a folder, with the plant or without it, and returns the spec."""

# ---- columns ----


def row_numbers(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    numbers = np.arange(table.rows) + rng.integers(-5, 1000)
    if plant:
        table.add("position", rng.permutation(numbers) if rng.random() < 0.5 else numbers)
    return table.spec(folder)


def identifiers(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    if plant:
        name = rng.choice(["Id", "patient_id", "customer", "sample no", "index", "userID", "uuid", "record"])
        numbers = rng.integers(0, 10**6, table.rows // int(rng.integers(1, 6)))
        table.add(str(name), rng.choice(numbers, table.rows))
    return table.spec(folder)


def texts_of_rows(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    different = int(table.rows * rng.uniform(0.6, 1)) if plant else 5
    table.add_category("cabin", [f"C{number}" for number in rng.permutation(np.arange(table.rows) % different)])
    return table.spec(folder)


def unnamed_index(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    if plant:
        table.columns = {"": np.arange(table.rows) + rng.integers(0, 2), **table.columns}
    return table.spec(folder)


def unseen_categories(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    table.add_category("color", rng.choice(["cyan", "pink"], table.rows))
    held_out = np.arange(table.rows) < table.rows // 4
    if plant:
        table.columns["color"][rng.choice(np.flatnonzero(held_out), rng.integers(1, 5))] = "teal"
    return _with_test_rows(table, folder, held_out)


def _with_test_rows(table: Table, folder: Path, held_out: np.ndarray, more: Sequence[str] = ()) -> str:
    table.write(folder / "t.csv", table.lines(np.flatnonzero(~held_out)))
    table.write(folder / "test.csv", [*table.lines(np.flatnonzero(held_out)), *more])
    return table.spec(folder, source=', test="test.csv"')


LEAKS: tuple[Callable[[Rng, np.ndarray], Any], ...] = (
    lambda rng, codes: codes * int(rng.integers(1, 9)) + int(rng.integers(-3, 3)),
    lambda rng, codes: 2 * codes + _halves(codes),
    lambda rng, codes: np.where(codes == codes[0], np.nan, codes * 0.5),
    lambda rng, codes: np.array(["new", "paid", "late", "lost"])[codes],
)


def _halves(codes: np.ndarray) -> np.ndarray:
    """0 for one half of the samples of each class, 1 for the other."""
    order = np.argsort(codes, kind="stable")
    halves = np.empty(len(codes), np.int64)
    halves[order] = np.arange(len(codes)) % 2
    return halves


def leaking_columns(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    values = LEAKS[int(rng.integers(len(LEAKS)))](rng, table.codes())
    values = values if plant else rng.permutation(values)
    (table.add_category if values.dtype.kind == "U" else table.add)("state", values)
    return table.spec(folder, data=f"transform = fill_missing(0) -> standardize\n {_validation(rng)}")


def leaking_thresholds(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng, 2)
    score = rng.normal(size=table.rows)
    if plant:
        score = np.sort(score)[np.argsort(np.argsort(table.codes(), kind="stable"))]
    table.add("score", score * (-1) ** int(rng.integers(2)))
    return table.spec(folder, data=f"{STANDARDIZED}\n {_validation(rng)}")


def leaking_numbers(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng, 0)
    scale, noise = rng.choice([-1, 1]) * 10 ** rng.uniform(-3, 3), 0.0 if plant else 0.3
    table.add("other", scale * (table.columns["y"] + noise * rng.normal(size=table.rows)) + rng.normal())
    return table.spec(folder, data=f"{STANDARDIZED}\n {_validation(rng)}")


def _validation(rng: Rng) -> str:
    return str(rng.choice(["", "validation = 20%", "test = 25%", "validation = kfold(4, fold=2)"]))


# ---- rows ----


def equal_rows(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng, int(rng.choice([0, 2, 3])))
    held_out = np.arange(table.rows) < table.rows // 3
    copied = rng.choice(np.flatnonzero(~held_out), rng.integers(1, 6), replace=False)
    return _with_test_rows(table, folder, held_out, table.lines(copied) if plant else ())


def rows_of_two_classes(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    lines = table.lines()
    if plant:
        names = np.unique(table.columns["y"]).tolist()
        row = int(rng.integers(table.rows))
        own = table.columns["y"][row]
        other = next(name for name in names if name != own)
        lines.insert(int(rng.integers(len(lines))), lines[row].replace(own, other))
    table.write(folder / "t.csv", lines)
    return table.spec(folder)


def split_without_a_class(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    held_out = np.arange(table.rows) < table.rows // 3
    if plant:
        absent = table.columns["y"] == rng.choice(table.columns["y"])
        held_out = held_out & ~absent if rng.random() < 0.5 else held_out | absent
    names = ", ".join(f'"{name}"' for name in sorted(set(table.columns["y"].tolist())))
    spec = _with_test_rows(table, folder, held_out)
    return spec.replace('target="y"', f'target=class("y", names=[{names}])')


def _with_a_small_class(table: Table, count: int) -> None:
    table.classes += 1
    table.columns["y"][table.rng.choice(table.rows, count, replace=False)] = "class z"


def fold_without_a_class(rng: Rng, folder: Path, plant: bool) -> str:
    folds = int(rng.integers(4, 8))
    table = Table.random(rng, 3)
    table.rows = 80
    table.columns = {name: values[:80] for name, values in table.columns.items()}
    _with_a_small_class(table, folds - 1 if plant else folds + 4)
    return table.spec(folder, data=f"{STANDARDIZED}\n validation = kfold({folds})")


def rare_class(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    share = table.rows / (table.classes + 1)
    _with_a_small_class(table, max(1, int(rng.uniform(0, 0.099) * share)) if plant else int(share / 2))
    return table.spec(folder)


# ---- scales ----


def large_targets(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng, 0)
    if plant:
        table.columns["y"] = table.columns["y"] * 10 ** rng.uniform(2.5, 6) + 10 ** rng.uniform(0, 6)
    return table.spec(folder)


def large_inputs(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    if plant:
        table.columns[table.some()] *= 10 ** rng.uniform(3, 6)
    return table.spec(folder, data="")


def small_inputs(rng: Rng, folder: Path, plant: bool) -> str:
    table = Table.random(rng)
    if plant:
        table.columns[table.some()] *= 10 ** -rng.uniform(6, 9)
    return table.spec(folder, data="")


# ---- images and arrays ----


def _pictures(rng: Rng, folder: Path) -> tuple[str, list[Path]]:
    """Pictures of some classes in two splits, in a spec."""
    size, classes, paths = int(rng.integers(4, 9)), int(rng.integers(2, 4)), list[Path]()
    for split in ("train", "test"):
        for name in ("cat", "dog", "owl")[:classes]:
            for number in range(int(rng.integers(3, 6))):
                path = folder / "p" / split / name / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(rng.integers(0, 256, (size, size, 3), dtype=np.uint8)).save(path)
                paths.append(path)
    return f'data {{ source = image_folder("p") }}\nmodel {{ flatten -> linear({classes}) }}\n', paths


def equal_images(rng: Rng, folder: Path, plant: bool) -> str:
    spec, paths = _pictures(rng, folder)
    if plant:
        chosen = Path(str(rng.choice([str(path) for path in paths if "train" in path.parts])))
        shutil.copy(chosen, folder / "p" / "test" / chosen.parent.name / "copy.png")
    return spec


def image_of_two_classes(rng: Rng, folder: Path, plant: bool) -> str:
    spec, paths = _pictures(rng, folder)
    if plant:
        chosen = Path(str(rng.choice([str(path) for path in paths])))
        other = next(
            path.parent for path in paths if path.parts[-3] == chosen.parts[-3] and path.parent != chosen.parent
        )
        shutil.copy(chosen, other / "copy.png")
    return spec


def ambiguous_arrays(rng: Rng, folder: Path, plant: bool) -> str:
    count, height, width = (int(number) for number in rng.integers((20, 5, 5), (60, 30, 30)))
    pixels = rng.integers(0, 256, (count, height, width), dtype=np.uint8)
    y = np.arange(count) % 2
    np.savez(folder / "a.npz", x=pixels / np.float32(255) if plant else pixels, y=y)
    return 'data { source = npz("a.npz", inputs="x", targets="y") }\nmodel { flatten -> linear(2) }\n'


DATA: dict[str, tuple[str, Maker]] = {
    "row-number column": ("NS530", row_numbers),
    "identifier column": ("NS530", identifiers),
    "category with a text for each row": ("NS530", texts_of_rows),
    "index column without a name": ("NS531", unnamed_index),
    "category that training lacks": ("NS532", unseen_categories),
    "column that tells the class": ("NS512", leaking_columns),
    "threshold that tells the class": ("NS512", leaking_thresholds),
    "column that tells the number": ("NS512", leaking_numbers),
    "equal rows in two splits": ("NS510", equal_rows),
    "equal rows of two classes": ("NS511", rows_of_two_classes),
    "equal images in two splits": ("NS510", equal_images),
    "image of two classes": ("NS511", image_of_two_classes),
    "split without a class": ("NS504", split_without_a_class),
    "fold without a class": ("NS506", fold_without_a_class),
    "rare class": ("NS505", rare_class),
    "large targets": ("NS521", large_targets),
    "large inputs": ("NS522", large_inputs),
    "small inputs": ("NS523", small_inputs),
    "images or sequences": ("NS520", ambiguous_arrays),
}
