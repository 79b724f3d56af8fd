"""Tables with a target: the columns and what they hold, the numbers that stand for it, and the targets as written."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from math import nan
from typing import Literal

from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError
from netspec.formats.tables import Row, TableFile

OTHER_SEPARATORS = {";": "`;`", "\t": "tabs", "|": "`|`"}
"""What else stands between the columns of a table, and how it is called."""

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
"""What a cell holds, in any case, whose value isn't known."""

MOST_CATEGORIES = 1000
"""The most categories of a column: each becomes an input of the network."""

LARGEST = (2 - 2**-23) * 2.0**127
"""The largest number that 32 bits hold."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a number, or a text out of `categories`, which becomes a 1 at its place among zeros."""

    name: str
    categories: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return len(self.categories) or 1


@dataclass(frozen=True)
class Wanted:
    """What a spec says of a table's columns: the one to predict, those of texts, and those that are left out."""

    target: str
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """A table that was read: all columns but the target and those left out, their numbers, and the target's cells.

    `inputs` holds row after row; it is shared by all who read the same file, and never changed. A missing value is NaN,
    and `gap` says where the first one is.
    """

    table: TableFile
    target: str
    columns: tuple[Column, ...]
    inputs: array[float]
    targets: tuple[str, ...]
    gap: DataError | None

    def error(
        self, reason: str, row: int, what: Literal["malformed", "label"] = "malformed", help: str | None = None
    ) -> DataError:
        """What is wrong with the target of a row, counted from 0."""
        found = next(islice(self.table.rows(), row + 1, None))
        column = self.table.header().cells.index(self.target)
        return self.table.error(reason, found.line, column, what=what, help=help)


def number(cell: str) -> float | None:
    """The number that a cell holds, if it is one that 32 bits can hold."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= LARGEST else None


def read_columns(table: TableFile, wanted: Wanted, like: tuple[Column, ...] = ()) -> Columns:
    """The columns of a table; with `like`, those of the table to train on. Raises DataError at the first cell that
    isn't as it should be."""
    try:
        state = table.path.stat()
    except (OSError, ValueError):  # reading it says what is wrong with it
        return _read(table, wanted, like, ())
    return _read(table, wanted, like, (state.st_mtime_ns, state.st_size))


def numbers(table: TableFile, row: Row, indices: Sequence[int], columns: Sequence[Column]) -> list[float]:
    """What some cells of a row become, NaN where the value is missing. Raises DataError."""
    try:
        values = [float(row.cells[index]) for index in indices]
        # the sum is too large if one of them is, or is infinite or NaN: one test for the row instead of one for each
        if sum(map(abs, values)) <= LARGEST and not any(column.categories for column in columns):
            return values
    except ValueError:
        pass
    return [value for index, column in zip(indices, columns, strict=True) for value in _cell(table, row, index, column)]


def _cell(table: TableFile, row: Row, index: int, column: Column) -> list[float]:
    cell = row.cells[index].strip()
    if column.categories:
        if cell not in column.categories:
            reason = f"{table.quote(cell, 'a cell')} is none of the categories of {_named(table, index, column.name)}"
            raise table.error(reason, row.line, index, what="label")
        return [float(cell == category) for category in column.categories]
    value = number(cell)
    if cell.lower() in MISSING:
        return [nan]
    if value is None:
        raise _no_number(table, row.line, index, column.name, cell)
    return [value]


@lru_cache(maxsize=2)  # a spec is checked before it is run: one reading does for both, while the file stays as it is
def _read(table: TableFile, wanted: Wanted, like: tuple[Column, ...], stamp: tuple[int, ...]) -> Columns:
    named, table = table, replace(table)  # the one that is kept doesn't keep its text
    header = table.header()
    target = _place_of_target(table, header, wanted.target)
    indices = _indices_of_inputs(table, header, wanted)
    columns = like or _columns(table, header, indices, wanted)
    inputs = array("d")
    targets: list[str] = []
    for row in islice(table.rows(), 1, None):
        table.check_width(row, len(header.cells))
        targets.append(row.cells[target].strip())
        if not targets[-1]:
            raise table.error(f"the target `{wanted.target}` is empty", row.line, target)
        inputs.extend(numbers(table, row, indices, columns))
    if not targets:
        raise table.error(f"`{table.written}` has a header line and no rows", header.line)
    widths = [index for index, column in zip(indices, columns, strict=True) for _ in range(column.width)]
    gap = _gap(table, inputs, widths)
    if gap is not None and not like:  # a column of the table to test on is filled from the one to train on
        _check_values(table, inputs, widths)
    return Columns(named, wanted.target, columns, inputs, tuple(targets), gap)


def _columns(table: TableFile, header: Row, indices: Sequence[int], wanted: Wanted) -> tuple[Column, ...]:
    """The columns, each with the texts that stand in it if they are categories."""
    texts: dict[int, set[str]] = {index: set() for index in indices if header.cells[index] in wanted.categories}
    for row in islice(table.rows(), 1, None) if texts else ():
        table.check_width(row, len(header.cells))
        for index, found in texts.items():
            found.add(row.cells[index].strip())
            if len(found) > MOST_CATEGORIES:
                name = _named(table, index, header.cells[index])
                raise table.error(f"{name} has more than {MOST_CATEGORIES} different texts", row.line, index)
    return tuple(Column(header.cells[index], tuple(sorted(texts.get(index, ())))) for index in indices)


def _gap(table: TableFile, inputs: array[float], columns: Sequence[int]) -> DataError | None:
    """What is said of the first missing value where nothing fills it; a row of `inputs` has those columns."""
    first = next((index for index, value in enumerate(inputs) if value != value), None)
    if first is None:
        return None
    row = next(islice(table.rows(), first // len(columns) + 1, None))
    column = columns[first % len(columns)]
    name, cell = _named(table, column, table.header().cells[column]), row.cells[column].strip()
    reason = f"{table.quote(cell, 'a cell')} in {name} is a missing value" if cell else f"a cell of {name} is empty"
    return table.error(reason, row.line, column, help="as the first transform, `fill_missing(median)` fills such cells")


def _check_values(table: TableFile, inputs: array[float], indices: Sequence[int]) -> None:
    """Raises DataError where a column has no value at all."""
    header = table.header()
    for start, index in enumerate(indices):
        if all(value != value for value in inputs[start :: len(indices)]):
            name = header.cells[index]
            help = f'`ignore=["{name}"]` leaves it out' if table.quotable else "`ignore` leaves it out"
            raise table.error(f"{_named(table, index, name)} has no value in any row", header.line, index, help=help)


def _place_of_target(table: TableFile, header: Row, target: str) -> int:
    """Where the target stands among the columns, the header being as it should be."""
    names = header.cells
    table.check_names(header, set(names))
    if "" in names:
        raise table.error(f"column {names.index('') + 1} has no name", header.line, names.index(""))
    if target not in names:
        raise _no_column(table, header, target, "target")
    return names.index(target)


def _indices_of_inputs(table: TableFile, header: Row, wanted: Wanted) -> list[int]:
    """Where the columns stand that the network gets."""
    for argument in ("categories", "ignore"):
        for name in getattr(wanted, argument):
            if name not in header.cells:
                raise _no_column(table, header, name, argument)
    indices = [index for index, name in enumerate(header.cells) if name not in (wanted.target, *wanted.ignore)]
    if not indices:
        raise table.error(f"`{table.written}` has no column beside the target `{wanted.target}`", header.line)
    return indices


def _no_column(table: TableFile, header: Row, name: str, argument: str) -> DataError:
    names = header.cells
    help = _other_name(name, names) if table.quotable else None
    if all(number(name) is not None for name in names):
        help = "its first line holds numbers, where the names of the columns belong"
    elif len(names) == 1 and (found := [words for sign, words in OTHER_SEPARATORS.items() if sign in names[0]]):
        help = f"columns are separated by commas, not by {found[0]}"
    return table.error(f"`{table.written}` has no column `{name}`", header.line, argument=argument, help=help)


def _other_name(name: str, names: list[str]) -> str:
    near = did_you_mean(name, names)
    return f"did you mean `{near}`?" if near else f"it has {_listed(names)}"


def _listed(names: list[str], most: int = 8) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"


def _named(table: TableFile, index: int, name: str) -> str:
    return f"the column `{name}`" if table.quotable else f"column {index + 1}"


def _no_number(table: TableFile, line: int, index: int, name: str, cell: str) -> DataError:
    column, shown = _named(table, index, name), table.quote(cell, "a cell")
    try:
        float(cell)
    except ValueError:
        # only the table to train on says what a column holds
        suggested = table.quotable and table.argument == "path"
        help = f'`categories=["{name}"]` makes numbers of texts' if suggested else None
        return table.error(f"{shown} in {column} is no number", line, index, help=help)
    return table.error(f"{shown} in {column} isn't a finite number in 32 bits", line, index)
