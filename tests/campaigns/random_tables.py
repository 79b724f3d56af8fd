"""Random tables, with what can be changed in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Rng = np.random.Generator

WORDS = ("age", "mass", "width", "speed", "depth", "noise", "wind", "price", "ratio", "load", "heat", "span", "grip")
STANDARDIZED = "transform = standardize"


@dataclass
class Table:
    """A table with random columns and balanced classes, or numbers to predict: `classes` is 0 then."""

    rng: Rng
    classes: int
    rows: int
    columns: dict[str, Any] = field(default_factory=dict[str, Any])
    categories: list[str] = field(default_factory=list[str])

    @classmethod
    def random(cls, rng: Rng, classes: int | None = None, least: int = 2) -> Table:
        classes = int(rng.integers(2, 5)) if classes is None else classes
        table = cls(rng, classes, int(rng.integers(80, 300)))
        words = rng.permutation(WORDS)
        for name in words[: rng.integers(least, 7)]:
            table.columns[str(name)] = table.numbers()
        if rng.random() < 0.4:
            table.add_category(f"kind of {words[-1]}", rng.choice(["red", "blue", "green", "grey"], table.rows))
        table.columns["y"] = table.targets()
        return table

    def numbers(self) -> np.ndarray:
        return (self.rng.uniform(-5, 5) + self.rng.uniform(0.5, 5) * self.rng.normal(size=self.rows)).round(6)

    def codes(self) -> np.ndarray:
        """The numbers of the classes, in the order of the rows."""
        return np.unique(self.columns["y"], return_inverse=True)[1]

    def targets(self) -> Any:
        if not self.classes:
            return self.rng.normal(size=self.rows).round(6)
        codes = self.rng.permutation(np.arange(self.rows) % self.classes)
        return np.array([f"class {chr(ord('a') + code)}" for code in codes])

    def add(self, name: str, values: Any) -> None:
        """Insert a column somewhere."""
        rows, place = list(self.columns.items()), self.rng.integers(0, len(self.columns) + 1)
        self.columns = dict([*rows[:place], (name, values), *rows[place:]])

    def add_category(self, name: str, values: Any) -> None:
        self.add(name, values)
        self.categories.append(name)

    def some(self) -> str:
        """The name of one of the columns of numbers."""
        return str(self.rng.choice([name for name in self.columns if name not in ("y", *self.categories)]))

    def lines(self, rows: Sequence[int] | np.ndarray | None = None) -> list[str]:
        chosen = range(self.rows) if rows is None else rows
        columns = [list(values) for values in self.columns.values()]
        return [",".join(_cell(column[row]) for column in columns) for row in chosen]

    def write(self, path: Path, lines: Sequence[str] | None = None) -> None:
        rows = self.lines() if lines is None else lines
        path.write_text("\n".join([",".join(self.columns), *rows]) + "\n")

    def spec(self, folder: Path, *, data: str = STANDARDIZED, source: str = "", target: str = '"y"') -> str:
        """The spec, and the table written unless it is there."""
        if not (folder / "t.csv").exists():
            self.write(folder / "t.csv")
        named = ", ".join(f'"{name}"' for name in self.categories)
        categories = f", categories=[{named}]" if named else ""
        return (
            f'data {{\n source = csv("t.csv", target={target}{categories}{source})\n {data}\n batch_size = 16\n}}\n'
            f"model {{ linear({self.classes or 1}) }}\n"
        )


def _cell(value: Any) -> str:
    return "" if isinstance(value, float) and np.isnan(value) else str(value)
