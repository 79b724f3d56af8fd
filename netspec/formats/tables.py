"""Tables in text files: their rows, and errors that point at a cell."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Literal, NamedTuple

from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, read_text, resolve
from netspec.wording import counted

LONGEST_EXCERPT = 200
"""The most characters of a line that an error carries; a line of MNIST has thousands."""


class Row(NamedTuple):
    """A row of a table; `line` is the line of the file on which it starts, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class TableFile:
    """A file of rows, one per line, their cells separated by commas and perhaps in double quotes.

    `written` is the file as the spec writes it, `argument` the field of the source that names it; `quotable` says
    whether an error may show what is in it.
    """

    written: str
    path: Path
    argument: str
    quotable: bool

    @cached_property
    def text(self) -> str:
        return read_text(self.written, self.path, self.argument, self.quotable)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def rows(self) -> Iterator[Row]:
        """All rows, the header too; an empty line is none."""
        reader = csv.reader(StringIO(self.text), strict=True)
        line = 1
        try:
            for cells in reader:
                if cells:
                    yield Row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise self.error(f"`{self.written}` can't be divided into cells: {error}", line) from None

    def header(self) -> Row:
        """The first row, its cells without white space around them."""
        first = next(self.rows())
        return Row(first.line, [cell.strip() for cell in first.cells])

    def quote(self, text: str, otherwise: str) -> str:
        """A piece of the table for a message, or other words where nothing may be shown of it."""
        return f"`{text}`" if self.quotable else otherwise

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
        text = self.lines[line - 1]
        start, end = (None, None) if cell is None else _extent(text, cell)
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

    def check_width(self, row: Row, width: int) -> None:
        """Raises DataError where a row hasn't `width` cells."""
        if (found := len(row.cells)) != width:
            reason = f"the row has {counted(found, 'cell')}, the table has {counted(width, 'column')}"
            raise self.error(reason, row.line, width if found > width else None)

    def check_names(self, header: Row, names: Container[str]) -> None:
        """Raises DataError where two columns of the header share one of these names."""
        seen: set[str] = set()
        for index, name in enumerate(header.cells):
            if name in seen:
                raise self.error(f"two columns are named {self.quote(name, 'alike')}", header.line, index)
            if name in names:
                seen.add(name)


def tables_of(folder: Path, kind: type[TableFile] = TableFile, /, **written: str | None) -> list[TableFile]:
    """The tables that a source's arguments name, taken from `folder`. If one may not be quoted, none is."""
    paths = {argument: resolve(name, folder) for argument, name in written.items() if name is not None}
    quotable = may_be_quoted(paths.values(), folder)
    return [kind(written[argument] or "", path, argument, quotable) for argument, path in paths.items()]


def _extent(line: str, cell: int) -> tuple[int | None, int | None]:
    """The characters of a line that a cell takes; none where it is on a later line of a quoted row."""
    start = 0
    for _ in range(cell):
        comma = _end_of_cell(line, start)
        if comma == len(line):
            return None, None
        start = comma + 1
    return start, _end_of_cell(line, start)


def _end_of_cell(line: str, start: int) -> int:
    """The index of the comma that ends the cell, or the end of the line."""
    quoted = False
    for index in range(start, len(line)):
        if line[index] == '"':
            quoted = not quoted
        elif line[index] == "," and not quoted:
            return index
    return len(line)
