"""Tables in text files as a script reads them: with Python's own reader, if they are written plainly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.catalogue.python import Python
from netspec.catalogue.sources._text_layout import TextLayout
from netspec.catalogue.types import DataType
from netspec.formats.errors import DataError
from netspec.formats.layout import is_float, number
from netspec.formats.tables import UNNAMED, TableFile

READ = '''def read_table(path):
    """The inputs and the targets of a table in a text file."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=SEPARATOR, skipinitialspace=True)
        header, *rows = [[cell.strip() for cell in row] for row in reader if any(cell.strip() for cell in row)]
    rows = [dict(zip(header, row)) for row in rows]
    inputs = [{inputs} for row in rows]
    targets = [{target} for row in rows]
    return np.array(inputs, np.float64), np.array(targets, np.{dtype})'''
NUMBERS = '''def numbers(cell, texts):
    """A number, or of a column of texts a 1 among zeros."""
    return [float(text == cell) for text in texts] if texts else [float(cell)]'''
PACKED = (b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK")
"""How files begin that are in UTF-16 or compressed."""


def python_table(source: TextLayout, type: DataType, tables: Sequence[TableFile]) -> Python | None:
    """The tables of a source, the first of which is the training split; None if they need more than a few lines. Raises
    DataError if one can't be read."""
    (field,), labels = type.fields, type.target.labels
    columns = field.type.table_columns
    categories = [category for column in columns for category in column.categories]
    numeric = [number(label) is not None for label in labels]
    if not (
        _is_plain(source, tables)
        and field.gap is None
        and not any(map(is_float, categories))
        and not any(column.name.startswith(UNNAMED.format("")) for column in columns)
        and len(set(numeric)) < 2
    ):
        return None
    constants: dict[str, Any] = {
        "SEPARATOR": tables[0].separator,
        "TARGET": source.predicted,
        "COLUMNS": [column.name for column in columns],
    }
    inputs = "[float(row[name]) for name in COLUMNS]"
    if categories:
        constants["COLUMNS"] = [(column.name, list(column.categories)) for column in columns]
        inputs = "[number for name, texts in COLUMNS for number in numbers(row[name], texts)]"
    target, dtype = "float(row[TARGET])", "float32"
    if labels:
        constants["LABELS"] = [float(label) if any(numeric) else label for label in labels]
        target, dtype = f"LABELS.index({target if any(numeric) else 'row[TARGET]'})", "int64"
    helpers = [READ.replace("{inputs}", inputs).replace("{target}", target).replace("{dtype}", dtype)]
    if categories:
        helpers.insert(0, NUMBERS)
    lines: list[str] = []
    for table in tables:
        name = {"path": "train"}.get(table.argument, table.argument)
        constants[f"{name.upper()}_FILE"] = str(table.path.resolve())
        lines.append(f"{name} = read_table({name.upper()}_FILE)")
    return Python("\n".join(lines), constants=constants, helpers=tuple(helpers))


def _is_plain(source: TextLayout, tables: Sequence[TableFile]) -> bool:
    """Whether Python's own reader and `float` read the tables: UTF-8 with a header line, not compressed."""
    layout = source.layout()
    if not (layout.plain and layout.header and not layout.missing and layout.encoding == "utf-8"):
        return False
    return not any(_start(table).startswith(PACKED) for table in tables)


def _start(table: TableFile) -> bytes:
    """The first bytes of a file. Raises DataError if it can't be read."""
    try:
        with table.path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        reason = f"`{table.written}` can't be read: {error.strerror}"
        raise DataError("missing", reason, argument=table.argument) from error
