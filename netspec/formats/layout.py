"""The layout of a table in a text file: its separator, how it writes numbers, and the names of its columns."""

from __future__ import annotations

import re
from functools import cache

from netspec.immutable import immutable

SEPARATORS = {",": "commas", ";": "`;`", "\t": "tabs", "|": "`|`"}
"""What may separate the cells of a row, and what a message calls it."""
THOUSANDS = (",", ".", " ", "'", "_", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")
"""What may separate the thousands of a number."""

MISSING = frozenset(("", "na", "n/a", "nan", "-nan", "null", "none", "?", "#n/a", "#na", "<na>", "nat"))
"""The cells, in lower case, whose value is missing."""

LARGEST = (2 - 2**-23) * 2.0**127
"""The largest number in 32 bits."""


@immutable
class Layout:
    """How a table is written. A `separator` of None is found in the file; `columns` are the names of the columns of a
    file without a header line, by default their numbers from 1."""

    separator: str | None = None
    decimal: str = "."
    thousands: str | None = None
    header: bool = True
    columns: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    encoding: str = "utf-8"

    @property
    def plain(self) -> bool:
        """Whether numbers are written as Python writes them."""
        return self.decimal == "." and self.thousands is None

    @property
    def numbers_missing(self) -> bool:
        """Whether a number, such as -999, stands for a missing value."""
        return any(number(cell) is not None for cell in self.missing)

    def is_missing(self, cell: str) -> bool:
        """Whether a cell has no value; no white space is around it."""
        return cell.lower() in MISSING or cell in self.missing

    def plainly(self, cell: str) -> str | None:
        """A cell with its number as Python writes it; None if it may be another number than it seems: `1.5` may be 15
        if the comma is the decimal sign. Another text stays as it is."""
        if self.plain:
            return cell
        if _numbers(self.decimal, self.thousands).fullmatch(cell):
            return cell.replace(self.thousands or "\0", "").replace(self.decimal, ".")
        return cell if number(cell) is None else None


@cache
def _numbers(decimal: str, thousands: str | None) -> re.Pattern[str]:
    """Matches the numbers of a layout."""
    whole = rf"(?:\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+)" if thousands else r"\d+"
    decimals = re.escape(decimal)
    return re.compile(rf"[+-]?(?:{whole}(?:{decimals}\d*)?|{decimals}\d+)(?:[eE][+-]?\d+)?")


def number(cell: str) -> float | None:
    """The number that a cell holds, if it is one that 32 bits can hold."""
    try:
        value = float(cell)
    except ValueError:
        return None
    # `1_000` is a number of Python, and no other program writes one so
    return value if abs(value) <= LARGEST and "_" not in cell else None


def is_float(cell: str) -> bool:
    """Whether a cell is a number, perhaps one that is infinite, too large or NaN."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def separator_of(line: str) -> str:
    """What separates the cells of a header line: commas if it has one, else what else it has."""
    outside = re.sub(r'"[^"]*"', "", line)
    return next((sign for sign in SEPARATORS if sign in outside), ",")
