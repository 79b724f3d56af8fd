"""Draw the table of cats and dogs: python tools/draw_animals.py writes specs/animals.csv, the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SEED = 11
ROWS = 200
COLUMNS = ("weight_kg", "length_cm", "ear_length_cm", "tail_length_cm")
CATS = ((4.4, 1.1), (46.0, 4.5), (6.4, 0.9), (27.0, 3.0))
"""Mean and standard deviation of each column."""
DOGS = ((7.9, 2.2), (54.0, 8.0), (8.9, 1.6), (23.5, 5.0))
PATH = Path(__file__).resolve().parent.parent / "specs" / "animals.csv"


def main() -> None:
    generator = np.random.default_rng(SEED)
    is_cat = generator.permutation(np.arange(ROWS) % 2)
    means, deviations = np.moveaxis(np.array([DOGS, CATS])[is_cat], -1, 0)
    # a small dog still weighs and measures something
    table = np.maximum(generator.normal(means, deviations), 0.5)
    lines = [",".join([*(f"{value:.1f}" for value in row), str(cat)]) for row, cat in zip(table, is_cat, strict=True)]
    PATH.write_text("\n".join([",".join([*COLUMNS, "is_cat"]), *lines]) + "\n")


if __name__ == "__main__":
    main()
