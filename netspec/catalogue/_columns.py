"""Tables of numbers with a target: the names of the columns, the numbers, and the targets as they are written."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Literal

from netspec.catalogue._tables import Row, Table, repeated
from netspec.catalogue.sources import DataError
from netspec.diagnostics import did_you_mean

OTHER_SEPARATORS = {";": "`;`", "\t": "tabs", "|": "`|`"}
"""What else stands between the columns of a table, and how it is called."""

LARGEST = (2 - 2**-23) * 2.0**127
"""The largest number that 32 bits hold."""


@dataclass(frozen=True)
class Columns:
    """A table that was read: the names and the numbers of all columns but the target, and the target's cells.

    `inputs` holds row after row; it is shared by all who read the same file, and never changed.
    """

    table: Table
    target: str
    names: tuple[str, ...]
    inputs: array[float]
    targets: tuple[str, ...]

    def error(self, reason: str, row: int, what: Literal["malformed", "label"] = "malformed") -> DataError:
        """What is wrong with the target of a row, counted from 0."""
        found = next(islice(self.table.rows(), row + 1, None))
        return self.table.error(reason, found.line, self.table.header().cells.index(self.target), what=what)


def number(cell: str) -> float | None:
    """The number that a cell holds, if it is one that 32 bits can hold."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= LARGEST else None


def read_columns(table: Table, target: str) -> Columns:
    """The columns of a table. Raises DataError at the first cell that isn't as it should be."""
    try:
        state = table.path.stat()
    except (OSError, ValueError):  # reading it says what is wrong with it
        return _read(table, target, ())
    return _read(table, target, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)  # a spec is checked before it is run: one reading does for both, while the file stays as it is
def _read(table: Table, target: str, stamp: tuple[int, ...]) -> Columns:
    named, table = table, replace(table)  # the one that is kept doesn't keep its text
    header = table.header()
    place = _place_of_target(table, header, target)
    names = header.cells[:place] + header.cells[place + 1 :]
    inputs = array("d")
    targets: list[str] = []
    for row in islice(table.rows(), 1, None):
        table.check_width(row, len(header.cells))
        targets.append(row.cells[place].strip())
        if not targets[-1]:
            raise table.error(f"the target `{target}` is empty", row.line, place)
        inputs.extend(_numbers(table, header, row, place))
    if not targets:
        raise table.error(f"`{table.written}` has a header line and no rows", header.line)
    return Columns(named, target, tuple(names), inputs, tuple(targets))


def _place_of_target(table: Table, header: Row, target: str) -> int:
    """Where the target stands among the columns, the header being as it should be."""
    names = header.cells
    if (place := repeated(names)) is not None:
        reason = f"two columns are named {table.quote(names[place], 'alike')}"
        raise table.error(reason, header.line, place)
    if "" in names:
        raise table.error(f"column {names.index('') + 1} has no name", header.line, names.index(""))
    if target not in names:
        help = _other_target(target, names) if table.quotable else None
        if all(number(name) is not None for name in names):
            help = "its first line holds numbers, where the names of the columns belong"
        elif len(names) == 1 and (found := [words for sign, words in OTHER_SEPARATORS.items() if sign in names[0]]):
            help = f"columns are separated by commas, not by {found[0]}"
        raise table.error(f"`{table.written}` has no column `{target}`", header.line, argument="target", help=help)
    if len(names) == 1:
        raise table.error(f"`{table.written}` has no column beside the target `{target}`", header.line)
    return names.index(target)


def _other_target(target: str, names: list[str]) -> str:
    near = did_you_mean(target, names)
    return f"did you mean `{near}`?" if near else f"it has {_listed(names)}"


def _listed(names: list[str], most: int = 8) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"


def _numbers(table: Table, header: Row, row: Row, target: int) -> list[float]:
    """The cells beside the target, as numbers."""
    cells = row.cells[:target] + row.cells[target + 1 :]
    try:
        values = list(map(float, cells))
        # the sum is too large if one of them is, or is infinite or NaN: one test for the row instead of one for each
        if sum(map(abs, values)) <= LARGEST:
            return values
    except ValueError:
        pass
    for place, (name, cell) in enumerate(zip(header.cells, row.cells, strict=True)):
        if place != target and number(cell) is None:
            raise _no_number(table, row.line, place, name, cell.strip())
    return [float(cell) for cell in cells]


def _no_number(table: Table, line: int, place: int, name: str, cell: str) -> DataError:
    column = f"the column `{name}`" if table.quotable else f"column {place + 1}"
    if not cell:
        return table.error(f"a cell of {column} is empty", line, place, help="every cell holds a number")
    shown = table.quote(cell, "a cell")
    try:
        float(cell)
    except ValueError:
        return table.error(f"{shown} in {column} is no number", line, place)
    return table.error(f"{shown} in {column} isn't a finite number in 32 bits", line, place)
