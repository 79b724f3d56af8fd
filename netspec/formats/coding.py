"""The numbers and the categories that the cells of a table stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import hypot, nan
from typing import cast

from netspec.formats.layout import LARGEST, Layout, number


def clean_numbers(cells: Sequence[str], layout: Layout, underscored: bool = True) -> list[float] | None:
    """The numbers in some cells, if each holds one that 32 bits can hold, and that can be seen without a look at each.

    `underscored` is false if no cell has an underscore, with which Python writes numbers, and nobody else does.
    """
    plain = None if underscored or layout.numbers_missing else _plain(cells, layout)
    if plain is None:
        return None
    try:
        values = list(map(float, plain))
    except ValueError:
        return None
    # one test for all: the norm is too large if one of them is, or is infinite or NaN
    return values if hypot(*values) <= LARGEST else None


def numbers(cells: Sequence[str], layout: Layout, underscored: bool = True) -> list[float | None]:
    """The numbers in some cells: NaN if the value is missing, None if a cell holds no number that 32 bits can hold."""
    plain = None if underscored or layout.numbers_missing else _plain(cells, layout)
    if plain is not None:
        try:
            values = [float(cell) if cell else nan for cell in plain]
        except ValueError:
            pass
        else:
            if hypot(*(value for value in values if value == value)) <= LARGEST:
                return cast("list[float | None]", values)
    return [number_in(cell, layout) for cell in cells]


def number_in(cell: str, layout: Layout) -> float | None:
    """The number in a cell: NaN if the value is missing, None if it holds no number that 32 bits can hold."""
    cell = cell.strip()
    if layout.is_missing(cell):
        return nan
    plain = layout.plainly(cell)
    return None if plain is None else number(plain)


def category_in(cell: str, layout: Layout) -> str:
    """The category that a cell stands for: `1.0` is `1`, as programs write whole numbers among missing values."""
    cell = cell.strip()
    if cell[-1:] == "0" and re.fullmatch(r"-?\d+[.,]0+", cell):
        plain = layout.plainly(cell)
        return plain.partition(".")[0] if plain is not None else cell
    return cell


def _plain(cells: Sequence[str], layout: Layout) -> Sequence[str] | None:
    """Cells with a decimal point; None if that takes a look at each."""
    if layout.plain:
        return cells
    if layout.decimal == "," and layout.thousands is None:
        joined = "\0".join(cells)
        if "." not in joined and joined.count("\0") == len(cells) - 1:
            return joined.replace(",", ".").split("\0")
    return None
