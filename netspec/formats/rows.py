"""Rows of a table without a target, by the columns that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.formats.columns import Column, number, numbers
from netspec.formats.errors import DataError
from netspec.formats.tables import Row, TableFile
from netspec.wording import counted, listing

if TYPE_CHECKING:
    import numpy as np


def read_rows(path: Path, columns: Sequence[Column], width: int, *, gaps: bool) -> np.ndarray:
    """The rows of a CSV file with the columns that a network takes, float64 [N, width]. Raises DataError.

    Without `columns` those of the network have no names: they are all columns of the file, in its order. Values may be
    missing if `gaps`, because a transform fills them.
    """
    import numpy as np

    table = TableFile(str(path), path, "file", quotable=True)
    header = table.header()
    indices = _indices_of(table, header, columns) if columns else range(width)
    columns = columns or _any_columns(table, header, width)
    rows: list[list[float]] = []
    for row in islice(table.rows(), 1, None):
        table.check_width(row, len(header.cells))
        rows.append(numbers(table, row, indices, columns))
        if not gaps and any(map(isnan, rows[-1])):
            raise table.error("a value is missing in this row, and nothing fills it", row.line)
    if not rows:
        raise DataError("malformed", f"`{path}` has no rows", path=path)
    return np.array(rows, dtype=np.float64)


def _indices_of(table: TableFile, header: Row, columns: Sequence[Column]) -> list[int]:
    """Where the columns stand in the table; it may have others."""
    wanted = [column.name for column in columns]
    missing = [name for name in wanted if name not in header.cells]
    if missing:
        reason = f"`{table.path}` has no column `{missing[0]}`, which the network takes"
        raise DataError("malformed", reason, path=table.path, help=f"it has {listing(header.cells)}")
    table.check_names(header, set(wanted))  # what else the table has may have any name
    return [header.cells.index(name) for name in wanted]


def _any_columns(table: TableFile, header: Row, count: int) -> tuple[Column, ...]:
    """All columns of the table, for a network whose own have no names: nothing but their number can be checked."""
    if len(header.cells) != count:
        reason = f"`{table.path}` has {counted(len(header.cells), 'column')}, and the network takes {count}"
        raise table.error(reason, header.line)
    if any(number(cell) is not None for cell in header.cells):
        # a row that is taken for names would be lost without a word
        help = "its first line holds numbers, where the names of the columns belong"
        raise table.error(f"`{table.path}` doesn't say how its columns are named", header.line, help=help)
    return tuple(map(Column, header.cells))
