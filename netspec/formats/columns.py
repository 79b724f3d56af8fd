"""Tables with a target: their columns, the numbers that stand for the cells, and the targets as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from netspec.formats.blocks import Chunk
from netspec.formats.coding import category_in, clean_numbers, numbers
from netspec.formats.column_facts import ColumnFacts, Remark, bad_columns, remark_on
from netspec.formats.errors import DataError, together
from netspec.formats.headers import listed_columns, no_column, place_of_target
from netspec.formats.layout import number
from netspec.formats.packed import PackedTexts
from netspec.formats.tables import Row, TableFile
from netspec.immutable import immutable

if TYPE_CHECKING:
    import numpy as np

MOST_CATEGORIES = 1000
"""The most categories of a column: each becomes an input of the network."""

__all__ = ["Column", "Columns", "Remark", "Wanted", "number", "read_columns", "read_texts"]


@immutable
class Column:
    """A column of a table: a number, or a text out of `categories`, which becomes a 1 at its place among zeros."""

    name: str
    categories: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return len(self.categories) or 1


@immutable
class Wanted:
    """What a spec says of a table's columns: the one to predict, those of texts, and those that are left out."""

    target: str
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@immutable
class Columns:
    """A table that was looked through: the columns that are inputs and where they are, and the target's cells.

    `gap` says where the first missing value is, `remarks` what is likely not what was meant.
    """

    table: TableFile
    target: str
    columns: tuple[Column, ...]
    indices: tuple[int, ...]
    targets: Sequence[str]
    gap: DataError | None
    remarks: tuple[Remark, ...] = ()

    def error(
        self, reason: str, row: int, what: Literal["malformed", "label"] = "malformed", help: str | None = None
    ) -> DataError:
        """What is wrong with the target of a row, counted from 0."""
        index = self.table.header.cells.index(self.target)
        return self.table.error(reason, self.table.row(row).line, index, what=what, help=help)

    def inputs(self) -> np.ndarray:
        """The numbers of all rows, float64 [N, width], NaN if a value is missing. Raises DataError."""
        import numpy as np

        from netspec.memory import allocate

        found = allocate((len(self.targets), sum(column.width for column in self.columns)), np.dtype(np.float64))
        filled = 0
        for chunk in self.table.chunks():
            filled += chunk.size
            if filled > len(found):
                break
            fill(found[chunk.start : filled], chunk, self.table, self.indices, self.columns)
        if filled != len(found):
            raise self.table.changed()
        return found


def fill(
    rows: np.ndarray, chunk: Chunk, table: TableFile, indices: Sequence[int], columns: Sequence[Column]
) -> dict[int, list[tuple[int, str]]]:
    """Write the numbers of a chunk into `rows`, [N, width]. Raises DataError at a cell that holds no number.

    Texts that are none of the categories become zeros; they are returned, for each of `columns` by its position, with
    the row in the chunk.
    """
    unseen: dict[int, list[tuple[int, str]]] = {}
    place = 0
    for position, (index, column) in enumerate(zip(indices, columns, strict=True)):
        if not column.categories:
            rows[:, place] = _numbers(table, chunk, index)
        else:
            codes = {category: place + code for code, category in enumerate(column.categories)}
            rows[:, place : place + column.width] = 0
            for row, cell in enumerate(chunk.columns[index]):
                code = codes.get(text := category_in(cell, table.layout))
                if code is None:
                    unseen.setdefault(position, []).append((row, text))
                else:
                    rows[row, code] = 1
        place += column.width
    return unseen


def _numbers(table: TableFile, chunk: Chunk, index: int) -> Sequence[float | None]:
    cells = chunk.columns[index]
    clean = clean_numbers(cells, table.layout, chunk.underscored)
    if clean is not None:
        return clean
    values = numbers(cells, table.layout, chunk.underscored)
    if None in values:
        row = values.index(None)
        raise _no_number(table, chunk.start + row, index, cells[row])
    return values


def _no_number(table: TableFile, row: int, index: int, cell: str) -> DataError:
    """What is wrong with a cell that holds no number, the row counted from 0."""
    facts = ColumnFacts(index, table.header.cells[index])
    facts.add_numbers(row, [cell], table.layout)
    (error,) = bad_columns(table, [facts], helps=False)
    return error


def read_columns(table: TableFile, wanted: Wanted, like: tuple[Column, ...] = ()) -> Columns:
    """The columns of a table; with `like`, those of the table to train on. Raises DataError if a cell isn't as it
    should be, with all columns that have such cells."""
    try:
        state = table.path.stat()
    except (OSError, ValueError):  # reading it says what is wrong with it
        return _read(table, wanted, like, ())
    return _read(table, wanted, like, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=3)  # a spec is checked before it is run: one look does for both, while the file stays as it is
def _read(table: TableFile, wanted: Wanted, like: tuple[Column, ...], stamp: tuple[int, ...]) -> Columns:
    named, table = table, replace(table)
    header = table.header
    target = place_of_target(table, header, wanted.target)
    facts = _facts_of(table, header, wanted, like)
    targets = PackedTexts()
    for chunk in table.chunks():
        targets.extend(_targets(table, chunk.start, chunk.columns[target], target))
        for one in facts:
            if one.categories is not None:
                one.add_texts(chunk.start, chunk.columns[one.index], table.layout)
            else:
                one.add_numbers(chunk.start, chunk.columns[one.index], table.layout, chunk.underscored)
    if not targets:
        raise table.error(f"`{table.written}` has a header line and no rows", header.line)
    facts, remarks = _named_ones(table, facts, len(targets))
    together([*bad_columns(table, facts, helps=not like), *_useless(table, facts, like)])
    columns = like or tuple(Column(one.name, tuple(sorted(one.categories or ()))) for one in facts)
    remarks += [remark for one in facts if (remark := remark_on(table, one, len(targets), bool(like))) is not None]
    gap = _gap(table, facts)
    return Columns(named, wanted.target, columns, tuple(one.index for one in facts), targets, gap, tuple(remarks))


def read_texts(table: TableFile, target: str, column: str, argument: str) -> tuple[Columns, Sequence[str]]:
    """The targets of a table without inputs, and the cells of the column that `argument` names, without white space
    around them. Raises DataError."""
    named, table = table, replace(table)
    header = table.header
    place = place_of_target(table, header, target)
    if column not in header.cells:
        raise no_column(table, header, column, argument)
    targets, texts = PackedTexts(), PackedTexts()
    for chunk in table.chunks():
        targets.extend(_targets(table, chunk.start, chunk.columns[place], place))
        texts.extend(list(map(str.strip, chunk.columns[header.cells.index(column)])))
    if not targets:
        raise table.error(f"`{table.written}` has a header line and no rows", header.line)
    return Columns(named, target, (), (), targets, None), texts


def _targets(table: TableFile, start: int, cells: Sequence[str], index: int) -> list[str]:
    """The targets of some rows, their numbers as Python writes them. Raises DataError."""
    found = list(map(str.strip, cells))
    if "" in found:
        raise table.cell_error(f"the target `{table.header.cells[index]}` is empty", start + found.index(""), index)
    if table.layout.plain:
        return found
    plain = list(map(table.layout.plainly, found))
    if None in plain:
        cell = table.quote(found[plain.index(None)], "the target of this row")
        reason = f"{cell} may be another number than it seems, since `decimal` or `thousands` is set"
        raise table.cell_error(reason, start + plain.index(None), index)
    return [text or "" for text in plain]


def _facts_of(table: TableFile, header: Row, wanted: Wanted, like: tuple[Column, ...]) -> list[ColumnFacts]:
    """What is to be found out, for each column that is an input."""
    if like:
        missing = [column.name for column in like if column.name not in header.cells]
        if missing:
            lacks = f"the column `{missing[0]}`" if table.quotable else "a column"
            reason = f"`{table.written}` lacks {lacks} of the training table"
            raise DataError("malformed", reason, argument=table.argument, path=table.path, help=listed_columns(table))
        return [
            ColumnFacts(header.cells.index(one.name), one.name, dict.fromkeys(one.categories, 0) or None, like=True)
            for one in like
        ]
    for argument in ("categories", "ignore"):
        for name in getattr(wanted, argument):
            if name not in header.cells:
                raise no_column(table, header, name, argument)
    facts = [
        ColumnFacts(index, name, {} if name in wanted.categories else None)
        for index, name in enumerate(header.cells)
        if name not in (wanted.target, *wanted.ignore)
    ]
    if not facts:
        raise table.error(f"`{table.written}` has no column beside the target `{wanted.target}`", header.line)
    return facts


def _named_ones(table: TableFile, facts: list[ColumnFacts], rows: int) -> tuple[list[ColumnFacts], list[Remark]]:
    """All columns but those that are an index or empty and have no name, with remarks on these. Raises DataError at
    another column without a name."""
    named: list[ColumnFacts] = []
    remarks: list[Remark] = []
    for one in facts:
        index = one.index in table.index_columns
        if not index and (one.like or one.index not in table.unnamed or one.categories is not None):
            named.append(one)
        elif index or one.known == 0 or one.numbers_rows(rows):
            what = "is empty" if not index and one.known + one.bad == 0 else "numbers the rows"
            which = table.named(one.index) if index else f"column {one.index + 1}, which has no name and {what},"
            remarks.append(Remark("left out", f"{which} is left out" + (": it is the table's index" if index else "")))
        else:
            help = f'give it a name, or set `ignore=["{one.name}"]`'
            raise table.error(f"column {one.index + 1} has no name", table.header.line, one.index, help=help)
    if not named:
        raise table.error(f"`{table.written}` has no column beside the target", table.header.line)
    return named, remarks


def _useless(table: TableFile, facts: Sequence[ColumnFacts], like: tuple[Column, ...]) -> list[DataError]:
    """Errors for the columns without any value or with too many texts."""
    errors: list[DataError] = []
    for one in facts:
        name = table.named(one.index)
        if one.categories is None and one.known + one.bad == 0 and not like:
            help = f'`ignore=["{one.name}"]` leaves it out' if table.quotable else "`ignore` leaves it out"
            errors.append(table.error(f"{name} has no value in any row", table.header.line, one.index, help=help))
        if one.categories is not None and one.overflow is not None:
            reason = f"{name} has more than {MOST_CATEGORIES} different texts"
            errors.append(table.cell_error(reason, one.overflow, one.index))
        if like and one.unseen and one.known == 0:
            cell = table.quote(one.first_unseen[1], "a cell")
            reason = f"{cell} is none of the categories of {name}, and neither is any other cell of it"
            errors.append(table.cell_error(reason, one.first_unseen[0], one.index))
    return errors


def _gap(table: TableFile, facts: Sequence[ColumnFacts]) -> DataError | None:
    """What is said of the first missing value where nothing fills it."""
    gaps = [(one.first_missing, one.index) for one in facts if one.first_missing is not None]
    if not gaps:
        return None
    row, index = min(gaps)
    found = table.row(row)
    name, cell = table.named(index), found.cells[index].strip()
    reason = f"{table.quote(cell, 'a cell')} in {name} is a missing value" if cell else f"a cell of {name} is empty"
    help = "as the first transform, `fill_missing(median)` fills such cells"
    return table.error(reason, found.line, index, help=help)
