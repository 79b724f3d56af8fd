"""Files that samples come in one by one: images, and tables with the columns that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import isnan
from pathlib import Path

import numpy as np

from netspec.catalogue.types import DataField
from netspec.formats.columns import Column, number, numbers
from netspec.formats.errors import DataError
from netspec.formats.images import CHANNELS, SUFFIXES, Mode, read_header, read_pixels, unwarned
from netspec.formats.tables import Row, Table
from netspec.wording import counted, listing


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files, and those of folders, in the order of their names. Raises DataError where there is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inner = sorted(item for item in path.rglob("*") if item.suffix.lower() in SUFFIXES and item.is_file())
            if not inner:
                raise DataError("missing", f"there is no image in `{path}`", path=path)
            found += inner
        else:
            found.append(path)
    return found


def read_image(path: Path, field: DataField, *, resize: bool) -> np.ndarray:
    """An image file as the data set has its images, uint8 [channels, height, width]. Raises DataError."""
    channels, height, width = field.shape.dims
    modes: dict[int, Mode] = {count: mode for mode, count in CHANNELS.items()}
    with unwarned():
        header = read_header(path)
        if (header.height, header.width) != (height, width) and not resize:
            reason = f"`{path}` is {header.height} x {header.width}, and the network takes {height} x {width}"
            raise DataError("malformed", reason, path=path, help="--resize brings images to that size")
        return read_pixels(path, modes.get(channels, "rgb"), (height, width))


def read_rows(path: Path, field: DataField, *, gaps: bool) -> np.ndarray:
    """The rows of a CSV file with the columns that the network takes, float64 [N, columns]. Raises DataError.

    Where those of the network have no names they are all that the file has, in its order. Values may be missing where
    `gaps` says so, because a transform fills them.
    """
    table = Table(str(path), path, "file", quotable=True)
    header = table.header()
    columns = field.columns or _any_columns(table, header, field.shape.dims[0])
    places = _places_of(table, header, field.columns) if field.columns else range(len(columns))
    rows: list[list[float]] = []
    for row in islice(table.rows(), 1, None):
        table.check_width(row, len(header.cells))
        rows.append(numbers(table, row, places, columns))
        if not gaps and any(map(isnan, rows[-1])):
            raise table.error("a value is missing in this row, and nothing fills it", row.line)
    if not rows:
        raise DataError("malformed", f"`{path}` has no rows", path=path)
    return np.array(rows, dtype=np.float64)


def _places_of(table: Table, header: Row, columns: Sequence[Column]) -> list[int]:
    """Where the columns stand in the table; it may have others."""
    wanted = [column.name for column in columns]
    missing = [name for name in wanted if name not in header.cells]
    if missing:
        reason = f"`{table.path}` has no column `{missing[0]}`, which the network takes"
        raise DataError("malformed", reason, path=table.path, help=f"it has {listing(header.cells)}")
    table.check_names(header, set(wanted))  # what else the table has may have any name
    return [header.cells.index(name) for name in wanted]


def _any_columns(table: Table, header: Row, count: int) -> tuple[Column, ...]:
    """All columns of the table, for a network whose own have no names: nothing but their number can be checked."""
    if len(header.cells) != count:
        reason = f"`{table.path}` has {counted(len(header.cells), 'column')}, and the network takes {count}"
        raise table.error(reason, header.line)
    if any(number(cell) is not None for cell in header.cells):
        # a row that is taken for names would be lost without a word
        help = "its first line holds numbers, where the names of the columns belong"
        raise table.error(f"`{table.path}` doesn't say how its columns are named", header.line, help=help)
    return tuple(map(Column, header.cells))
