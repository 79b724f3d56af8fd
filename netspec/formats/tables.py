"""Tables in text files: their rows, and errors that point at a cell."""

from __future__ import annotations

import csv
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Any, ClassVar, Literal, NamedTuple

from netspec.formats.blocks import Chunk, Lines
from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, resolve
from netspec.formats.layout import Layout, separator_of
from netspec.formats.texts import TextFile
from netspec.wording import counted

LONGEST_EXCERPT = 200
"""The most characters of a line that an error carries; a line of MNIST has thousands."""
UNNAMED = "Unnamed: {}"
"""The name of a column without one, by its index, as pandas has it."""


class Row(NamedTuple):
    """A row of a table; `line` is the line of the file on which it starts, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class TableFile:
    """A file of rows, one per line, their cells separated by commas or another sign and perhaps in double quotes.

    `written` is the file as the spec writes it, `argument` the field of the source that names it; `quotable` says
    whether an error may show what is in it.
    """

    written: str
    path: Path
    argument: str
    quotable: bool
    layout: Layout = field(default_factory=Layout)

    has_layout: ClassVar[bool] = True
    """Whether a spec says how it is laid out."""

    @property
    def file(self) -> TextFile:
        """The file as text."""
        return TextFile(self.written, self.path, self.argument, self.quotable, self.layout.encoding)

    @cached_property
    def separator(self) -> str:
        """What separates the cells: the layout says it, or else the first line that isn't empty."""
        if self.layout.separator is not None:
            return self.layout.separator
        with self.file.open() as text:
            return separator_of(next((line for line in iter(text.readline, "") if line.strip()), ""))

    @cached_property
    def header(self) -> Row:
        """The names of the columns, without white space around them, and the line on which they stand.

        In a file without a header line they are those that the layout has, or the numbers of the columns.
        """
        first = next(self.rows())
        names = [cell.strip() for cell in first.cells]
        if not self.layout.header:
            names = self._names_of(Row(first.line, names))
        return Row(first.line, [name or UNNAMED.format(index) for index, name in enumerate(names)])

    @cached_property
    def unnamed(self) -> frozenset[int]:
        """The indices of the columns that have no name in the file."""
        first = next(self.rows()).cells if self.layout.header else []
        return frozenset(index for index, cell in enumerate(first) if not cell.strip())

    @property
    def index_columns(self) -> frozenset[int]:
        """The indices of the columns that the file itself says aren't data, but the index of the rows."""
        return frozenset()

    def rows(self) -> Iterator[Row]:
        """All rows, the header too; an empty line is none. Raises DataError if there is none."""
        with self.file.open() as text:
            yield from self._parsed(text)

    def samples(self) -> Iterator[Row]:
        """The rows of samples: all but the header."""
        return islice(self.rows(), int(self.layout.header), None)

    def chunks(self) -> Generator[Chunk]:
        """The rows of samples, some at a time. Raises DataError at a row that has another width than the header."""
        width, start = len(self.header.cells), 0
        with self.file.open() as text:
            lines = Lines(text)
            try:
                if self.layout.header:
                    next(filter(_is_row, self._reader(iter(text.readline, ""))), None)
                while lines.take():
                    columns = lines.columns(self.separator, width) or self._columns_of(lines, start, width)
                    yield Chunk(start, len(columns[0]), columns, lines.underscored)
                    start += len(columns[0])
            except csv.Error:
                for _ in self.rows():  # raises a DataError with the line
                    pass

    def row(self, index: int) -> Row:
        """A row of samples, counted from 0."""
        return next(islice(self.samples(), index, None))

    def quote(self, text: str, otherwise: str) -> str:
        """A piece of the table for a message, or other words where nothing may be shown of it."""
        return f"`{text}`" if self.quotable else otherwise

    def named(self, index: int) -> str:
        """A column for a message."""
        return f"the column `{self.header.cells[index]}`" if self.quotable else f"column {index + 1}"

    def error(
        self,
        reason: str,
        line: int,
        cell: int | None = None,
        *,
        what: Literal["malformed", "label"] = "malformed",
        argument: str | None = None,
        help: str | None = None,
    ) -> DataError:
        """What is wrong with a line, or with one cell of it, counted from 0."""
        with self.file.open() as file:
            text = next(islice(file, line - 1, None), "").removesuffix("\n")
        start, end = (None, None) if cell is None else _extent(text, cell, self.separator)
        # a long line is cut behind the place, so that columns stay what they are in the file
        return DataError(
            what,
            reason,
            argument=argument or self.argument,
            help=help,
            path=self.path,
            line=line,
            column=None if start is None else start + 1,
            width=1 if start is None or end is None else max(1, end - start),
            excerpt=text[: max(end or 0, LONGEST_EXCERPT)] if self.quotable else None,
        )

    def cell_error(self, reason: str, row: int, cell: int, *, help: str | None = None) -> DataError:
        """What is wrong with a cell of a row of samples, both counted from 0."""
        return self.error(reason, self.row(row).line, cell, help=help)

    def changed(self) -> DataError:
        """What is said if the file isn't the same from one look to the next."""
        reason = f"`{self.written}` changed while it was read"
        return DataError("malformed", reason, argument=self.argument, path=self.path)

    def check_width(self, row: Row, width: int) -> None:
        """Raises DataError where a row hasn't `width` cells."""
        if (found := len(row.cells)) != width:
            reason = f"the row has {counted(found, 'cell')}, the table has {counted(width, 'column')}"
            raise self.error(reason, row.line, width if found > width else None, help=self._why_wider(found, width))

    def check_names(self, header: Row, names: Container[str]) -> None:
        """Raises DataError where two columns of the header share one of these names."""
        seen: set[str] = set()
        for index, name in enumerate(header.cells):
            if name in seen:
                raise self.error(f"two columns are named {self.quote(name, 'alike')}", header.line, index)
            if name in names:
                seen.add(name)

    def _names_of(self, first: Row) -> list[str]:
        """The names of the columns of a file without a header line."""
        names, found = list(self.layout.columns), len(first.cells)
        if first.cells == names:
            reason = "the first line has the names of the columns"
            raise self.error(reason, first.line, help="leave `columns` out")
        if names and len(names) != found:
            reason = f"`columns` has {counted(len(names), 'name')}, but the table has {counted(found, 'column')}"
            raise self.error(reason, first.line, argument="columns")
        return names or [str(index + 1) for index in range(found)]

    def _parsed(self, text: IO[str]) -> Iterator[Row]:
        reader, line = self._reader(text), 1
        found = False
        try:
            for cells in reader:
                if _is_row(cells):
                    found = True
                    yield Row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise self.error(f"`{self.written}` can't be divided into cells: {error}", line) from None
        if not found:
            self.file.refuse(f"`{self.written}` is empty")

    def _columns_of(self, lines: Lines, start: int, width: int) -> list[Sequence[str]]:
        """The columns of rows that have quotes, or empty lines among them. Raises DataError at one of another width."""
        rows: list[list[str]] = []
        for cells in self._reader(lines.one_by_one()):
            if len(cells) == width and (width > 1 or cells[0].strip()):
                rows.append(cells)
            elif _is_row(cells):
                self.check_width(self.row(start + len(rows)), width)
            if lines.are_read:
                break
        return list(zip(*rows, strict=True)) or [()] * width

    def _reader(self, lines: Iterable[str]) -> Any:
        return csv.reader(lines, delimiter=self.separator, strict=True, skipinitialspace=self.separator != " ")

    def _why_wider(self, found: int, width: int) -> str | None:
        """What to do if the first row of samples has one cell more than the header line."""
        if found != width + 1 or not self.layout.header or len(self.row(0).cells) != found:
            return None
        return "name the first column too, if it holds the names of the rows" if self.argument != "file" else None


def _is_row(cells: list[str]) -> bool:
    return len(cells) > 1 or bool(cells and cells[0].strip())


def tables_of(
    folder: Path, kind: type[TableFile] = TableFile, layout: Layout | None = None, /, **written: str | None
) -> list[TableFile]:
    """The tables that a source's arguments name, taken from `folder`. If one may not be quoted, none is."""
    paths = {argument: resolve(name, folder) for argument, name in written.items() if name is not None}
    quotable = may_be_quoted(paths.values(), folder)
    return [
        kind(written[argument] or "", path, argument, quotable, layout or Layout()) for argument, path in paths.items()
    ]


def _extent(line: str, cell: int, separator: str) -> tuple[int | None, int | None]:
    """The characters of a line that a cell takes; none where it is on a later line of a quoted row."""
    start = 0
    for _ in range(cell):
        end = _end_of_cell(line, start, separator)
        if end == len(line):
            return None, None
        start = end + 1
    return start, _end_of_cell(line, start, separator)


def _end_of_cell(line: str, start: int, separator: str) -> int:
    """The index of the separator that ends the cell, or the end of the line."""
    quoted = False
    for index in range(start, len(line)):
        if line[index] == '"':
            quoted = not quoted
        elif line[index] == separator and not quoted:
            return index
    return len(line)
