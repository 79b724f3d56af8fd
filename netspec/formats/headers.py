"""The header of a table: where the columns are that a spec names, and what is said of those that aren't there."""

from __future__ import annotations

from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError
from netspec.formats.layout import SEPARATORS, number, separator_of
from netspec.formats.tables import Row, TableFile


def place_of_target(table: TableFile, header: Row, target: str) -> int:
    """Where the target stands among the columns, the header being as it should be."""
    table.check_names(header, set(header.cells))
    if target not in header.cells:
        raise no_column(table, header, target, "target")
    return header.cells.index(target)


def no_column(table: TableFile, header: Row, name: str, argument: str) -> DataError:
    names = header.cells
    help = _other_name(name, names) if table.quotable else None
    if table.layout.header and any(number(cell) is not None for cell in names):
        help = "its first line holds numbers, where the names of the columns belong: `header=false` or `columns=[…]`"
    elif table.layout.header and names[0].startswith(("#", "%", "sep=")):
        help = "remove the lines above the names of the columns"
    elif len(names) == 1 and (found := _other_separator(names[0], table)):
        help = found
    return table.error(f"`{table.written}` has no column `{name}`", header.line, argument=argument, help=help)


def _other_separator(line: str, table: TableFile) -> str | None:
    """What to do about a header line that isn't divided."""
    if (found := separator_of(line)) in line and found != table.separator:
        sign = "\\t" if found == "\t" else found
        return f'columns are separated by {SEPARATORS[found]}: set `separator="{sign}"`'
    return "columns are separated by commas, `;`, tabs or `|`, and not by spaces" if " " in line else None


def listed_columns(table: TableFile) -> str | None:
    return f"it has {_listed(table.header.cells)}" if table.quotable else None


def _other_name(name: str, names: list[str]) -> str:
    near = did_you_mean(name, names)
    return f"did you mean `{near}`?" if near else f"it has {_listed(names)}"


def _listed(names: list[str], most: int = 8) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"
