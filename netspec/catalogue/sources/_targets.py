"""The targets of a table: whether they are classes or numbers, and the numbers that stand for them."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.formats.columns import Columns, number

MOST_NUMBERED = 20
"""The most classes that whole numbers stand for; more whole numbers are numbers."""
MOST_NAMED = 100
"""The most classes that texts stand for; more texts are a mistake."""


def kind_of(columns: Columns) -> Target:
    """Classes or numbers, by the rule in the documentation of `csv`. Raises DataError where it is neither."""
    numeric = number(columns.targets[0]) is not None
    cells = set(columns.targets)
    if mixed := {cell for cell in cells if (number(cell) is not None) != numeric}:
        row, cell = next((row, cell) for row, cell in enumerate(columns.targets) if cell in mixed)
        raise columns.error(f"{_shown(columns, cell)} {_other_kind(cell, numeric)}", row)
    names = set(map(_class_name, cells))
    if len(names) == 1:
        value = columns.table.quote(columns.targets[0], "the same")
        raise columns.error(f"the target `{columns.target}` is {value} in every row", 0)
    if numeric:
        numbered = [str(index) for index in range(len(names))]
        return Classes(names=tuple(numbered)) if len(names) <= MOST_NUMBERED and names == set(numbered) else Number()
    if len(names) > MOST_NAMED:
        raise columns.error(
            f"the target `{columns.target}` has {len(names)} different texts, and at most {MOST_NAMED} are classes", 0
        )
    return Classes(names=tuple(sorted(names)))


def encode(columns: Columns, target: Target) -> list[int] | list[float]:
    """The number of each target's class, or the number that it is. Raises DataError where a target is neither."""
    if not target.labels:
        return [_number(columns, row) for row in range(len(columns.targets))]
    numbers = {name: index for index, name in enumerate(target.labels)}
    codes = {cell: numbers.get(_class_name(cell)) for cell in set(columns.targets)}
    for row, cell in enumerate(columns.targets):
        if codes[cell] is None:
            classes = f"classes {_ends(target.labels)}" if columns.table.quotable else target.plural
            raise columns.error(f"{_shown(columns, _class_name(cell))} is none of the {classes}", row, "label")
    return [code for cell in columns.targets if (code := codes[cell]) is not None]


def _number(columns: Columns, row: int) -> float:
    value = number(columns.targets[row])
    if value is None:
        raise columns.error(f"{_shown(columns, columns.targets[row])} is no number", row)
    return value


def _shown(columns: Columns, cell: str) -> str:
    return f"the target {columns.table.quote(cell, 'of this row')}"


def _other_kind(cell: str, numeric: bool) -> str:
    """In which way a target isn't of the kind of those before it."""
    if not numeric:
        return "is a number, and those before it are texts"
    try:
        float(cell)
    except ValueError:
        return "is no number, and those before it are"
    return "isn't a finite number in 32 bits"


def _class_name(cell: str) -> str:
    """The name of the class: `1`, `1.0` and `01` are one class."""
    value = number(cell)
    return str(int(value)) if value is not None and value.is_integer() else cell


def _ends(classes: Sequence[str]) -> str:
    """The classes, the middle left out where there are many."""
    names = [f"`{name}`" for name in classes]
    return ", ".join(names if len(names) <= 10 else [*names[:4], "…", names[-1]])
