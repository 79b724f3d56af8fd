"""What is found out about a column while its table is read, and what is said of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isnan
from typing import Literal, NamedTuple

from netspec.formats.cells import BadCells
from netspec.formats.coding import category_in, clean_numbers, numbers
from netspec.formats.errors import DataError
from netspec.formats.layout import Layout, is_float
from netspec.formats.tables import TableFile

MOST_TEXTS = 1000
"""The most different texts that are collected of a column."""
MOST_ERRORS = 8
"""The most columns that are reported together."""
LOOKED = 20_000
"""The first rows, in which it is counted how many different numbers a column has."""
FEWEST_NUMBERED = 20
"""The fewest rows of which a column of numbers is said to number them."""
FEWEST_NAMED = 10
"""The fewest different values of which a column is said to identify rows."""
IDENTIFIER = re.compile(
    r"(?i:(.*[ _.\-])?(id|ids|idx|index|uid|uuid|guid|rowid|row|rownames|rownum|row_number|record|serial|unnamed: \d+)"
    r"|(patient|subject|user|customer|client|member|passenger|person|employee|student|participant|order|sample|account)"
    r"([ _.\-]?(id|no|nr|num|number|code|key))?)|.*[a-z](Id|ID|Nr|No)|level_\d+|__index_level_\d+__"
)
"""Names of columns that identify rows, or what several rows are about."""


class Remark(NamedTuple):
    """Something to say of data that can be used: of a column that likely is an `identifier`, or that was `left out`."""

    kind: Literal["identifier", "left out", "unseen"]
    message: str
    help: str | None = None


@dataclass
class ColumnFacts:
    """Counts of a column's cells. `categories` has the count of each text; None in a column of numbers.

    `like` says that the categories are those of the table to train on.
    """

    index: int
    name: str
    categories: dict[str, int] | None = None
    like: bool = False
    known: int = 0
    missing: int = 0
    bad: int = 0
    unseen: int = 0
    first_missing: int | None = None
    first_bad: tuple[int, str] = (0, "")
    first_unseen: tuple[int, str] = (0, "")
    overflow: int | None = None
    bad_texts: dict[str, None] = field(default_factory=dict[str, None])
    different: set[float] | None = field(default_factory=set[float])
    low: float = inf
    high: float = -inf
    looked: int = 0

    def add_numbers(self, start: int, cells: Sequence[str], layout: Layout, underscored: bool = True) -> None:
        """Count some cells that should hold numbers."""
        clean = clean_numbers(cells, layout, underscored)
        if clean is None:
            values = numbers(cells, layout, underscored)
            there = [value for value in values if value is not None]
            clean = [value for value in there if not isnan(value)]
            self._add_bad(start, cells, values)
            if len(clean) < len(there) and self.first_missing is None:
                self.first_missing = start + next(row for row, value in enumerate(values) if value != value)
            self.missing += len(there) - len(clean)
        self.known += len(clean)
        if self.different is not None:
            self._look_for_identifiers(clean)

    def add_texts(self, start: int, cells: Sequence[str], layout: Layout) -> None:
        """Count some cells that stand for categories."""
        categories = self.categories if self.categories is not None else {}
        for row, cell in enumerate(cells):
            text = category_in(cell, layout)
            if text in categories:
                categories[text] += 1
                self.known += 1
            elif self.like:
                self.first_unseen = self.first_unseen if self.unseen else (start + row, text)
                self.unseen += 1
            elif len(categories) < MOST_TEXTS:
                categories[text] = 1
                self.known += 1
            elif self.overflow is None:
                self.overflow = start + row

    def numbers_rows(self, rows: int) -> bool:
        """Whether the numbers are whole, all different, and not many more than there are rows."""
        return (
            self.looked > 1
            and not self.bad
            and len(self.different or ()) == self.looked
            and self.high - self.low < 2 * rows
        )

    def _add_bad(self, start: int, cells: Sequence[str], values: Sequence[float | None]) -> None:
        for row, value in enumerate(values):
            if value is None:
                cell = cells[row].strip()
                self.first_bad = self.first_bad if self.bad else (start + row, cell)
                self.bad += 1
                if len(self.bad_texts) < MOST_TEXTS:
                    self.bad_texts[cell] = None

    def _look_for_identifiers(self, values: Sequence[float]) -> None:
        different = self.different
        if different is None or not values:
            return
        if not all(map(float.is_integer, values)):
            self.different = None
            return
        self.low, self.high = min(self.low, *values), max(self.high, *values)
        if self.looked < LOOKED:
            different.update(values)
            self.looked += len(values)
        if len(different) < self.looked / 10:
            self.different = None


def bad_columns(table: TableFile, facts: Sequence[ColumnFacts], *, helps: bool) -> list[DataError]:
    """An error for each column with cells that hold no number; `helps` says whether the spec can say what they are."""
    bad = [one for one in facts if one.bad]
    errors = [_bad_column(table, one, helps, len(facts) == 1) for one in bad[:MOST_ERRORS]]
    if len(bad) > MOST_ERRORS:
        errors[-1].reason += f"; {len(bad) - MOST_ERRORS} more columns have such cells"
    return errors


def _bad_column(table: TableFile, facts: ColumnFacts, helps: bool, alone: bool) -> DataError:
    row, cell = facts.first_bad
    shown, name = table.quote(cell, "a cell"), table.named(facts.index)
    cells = BadCells(
        facts.name, alone, cell, facts.bad, tuple(facts.bad_texts), facts.known, facts.known + facts.bad + facts.missing
    )
    if is_float(cell) and "_" not in cell and table.layout.plain:
        return table.cell_error(f"{shown} in {name} isn't a finite number in 32 bits", row, facts.index)
    help = cells.help(table.layout, table.has_layout) if helps and table.quotable else None
    return table.cell_error(f"{shown} in {name} {cells.reason()}", row, facts.index, help=help)


def remark_on(table: TableFile, facts: ColumnFacts, rows: int, like: bool) -> Remark | None:
    """What is to be said of a column that can be used."""
    name = table.named(facts.index)
    if like:
        if not facts.unseen:
            return None
        cell = table.quote(facts.first_unseen[1], "a text")
        cells = f"{facts.unseen:_} cells" if facts.unseen > 1 else "a cell"
        are = "are" if facts.unseen > 1 else "is"
        message = f"{cells} of {name} in `{table.written}` {are} none of its categories, such as {cell}"
        return Remark("unseen", message, "its inputs are 0 in these rows")
    help = f'ignore=["{facts.name}"]' if table.quotable else "`ignore` leaves it out"
    named = IDENTIFIER.fullmatch(facts.name) is not None
    if facts.categories is not None:
        different, shown = len(facts.categories), f"{len(facts.categories):_} different texts in {rows:_} rows"
        if different >= FEWEST_NAMED and different * (10 if named else 2) >= rows:
            return Remark(
                "identifier", f"{name} has {shown}, and each is an input: a network can memorize the rows", help
            )
        return None
    different = len(facts.different or ())
    if facts.numbers_rows(rows) and (rows >= FEWEST_NUMBERED or (named and different >= FEWEST_NAMED)):
        range = f", from {facts.low:.0f} to {facts.high:.0f}" if table.quotable else ""
        return Remark("identifier", f"{name} has another integer in each row{range}, as row numbers have", help)
    if named and different >= FEWEST_NAMED and different * 10 >= facts.looked:
        return Remark(
            "identifier",
            f"{name} has {different:_} different integers, and a name as columns have that identify rows",
            help,
        )
    return None
