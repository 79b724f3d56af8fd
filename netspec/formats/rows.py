"""Rows of a table without a target, by the columns that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from netspec.formats.columns import Column, fill
from netspec.formats.errors import DataError
from netspec.formats.layout import number
from netspec.formats.tables import Row, TableFile
from netspec.immutable import immutable
from netspec.wording import counted, listing

if TYPE_CHECKING:
    import numpy as np


@immutable
class Rows:
    """The numbers of some rows, float64 [N, width], the text of each in a column that names them, and what is to be
    said of a row, by its number from 0."""

    values: np.ndarray
    ids: tuple[str, ...] = ()
    remarks: dict[int, str] = field(default_factory=dict[int, str])


def read_rows(table: TableFile, columns: Sequence[Column], width: int, *, gaps: bool, id: str | None = None) -> Rows:
    """The rows of a table with the columns that a network takes. Raises DataError.

    Without `columns` those of the network have no names: they are all columns of the file, in its order. Values may be
    missing if `gaps`, because a transform fills them. `id` is a column whose texts name the rows.
    """
    import numpy as np

    header = table.header
    names = _indices_of(table, header, [id])[0] if id is not None else None
    indices = _indices_of(table, header, [one.name for one in columns]) if columns else list(range(width))
    columns = columns or _any_columns(table, header, width)
    parts: list[np.ndarray] = []
    ids: list[str] = []
    remarks: dict[int, str] = {}
    for chunk in table.chunks():
        values = np.empty((chunk.size, width))
        unseen = fill(values, chunk, table, indices, columns)
        if not gaps and np.isnan(values).any():
            row = chunk.start + int(np.isnan(values).any(1).argmax())
            raise table.error("a value is missing in this row, and nothing fills it", table.row(row).line)
        for position, cells in unseen.items():
            for row, cell in cells:
                told = f"`{cell}` is none of the categories of `{columns[position].name}`, so they are all 0"
                remarks[chunk.start + row] = "; ".join(filter(None, (remarks.get(chunk.start + row), told)))
        parts.append(values)
        ids += list(map(str.strip, chunk.columns[names])) if names is not None else []
    if not parts:
        raise DataError("malformed", f"`{table.path}` has no rows", path=table.path)
    return Rows(np.concatenate(parts), tuple(ids), remarks)


def _indices_of(table: TableFile, header: Row, wanted: Sequence[str]) -> list[int]:
    """Where the columns stand in the table; it may have others."""
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
    if table.layout.header and any(number(cell) is not None for cell in header.cells):
        # a row that is taken for names would be lost without a word
        help = "its first line holds numbers, where the names of the columns belong"
        raise table.error(f"`{table.path}` doesn't say how its columns are named", header.line, help=help)
    return tuple(map(Column, header.cells))
