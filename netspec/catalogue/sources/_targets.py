"""The targets of a file: whether they are classes or numbers, and the numbers that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netspec.catalogue.entry import entries
from netspec.catalogue.target_columns import TargetColumn, TargetValues
from netspec.catalogue.targets import Target
from netspec.catalogue.types import Reading
from netspec.catalogue.values import number_text
from netspec.formats.columns import Columns, number
from netspec.formats.layout import is_float
from netspec.shapes import MisfitError
from netspec.wording import counted

MOST_NUMBERED = 20
"""The most different integers that are taken as classes by themselves, if they aren't exactly 0 to k - 1."""
MOST_NAMED = 1_000
"""The most different strings that are taken as classes by themselves; more of them are likely no classes."""
MOST_CLASSES = 100_000
"""The most classes that there may be."""

Choice = tuple[Target, Reading | None]
"""A target, and how the values were taken if nothing in the source says it."""


def choose(
    column: str | TargetColumn, values: TargetValues, argument: str, prefers: type[Target] | None, *, quotable: bool
) -> Choice:
    """The target of some values: what the source says, else what `prefers` is, else by the rule in the documentation of
    `csv`. Raises MisfitError if they are no targets."""
    reading = None
    if isinstance(column, TargetColumn):
        chosen = column
    elif values.texts:
        chosen = _named(column, values, argument)
    else:
        chosen, reading = _numbered(column, values, argument, prefers, quotable)
    target = chosen.target(values)
    name, labels = chosen.column, target.labels
    if len(values.names) == 1 and len(labels) < 2:
        raise MisfitError(f"the target `{name}` is {_shown(values.names[0], quotable)} in every row")
    if len(labels) > MOST_CLASSES:
        raise MisfitError(f"the target `{name}` has {len(labels)} classes, but at most {MOST_CLASSES:_} are possible")
    return target, reading


def _readings(column: str) -> tuple[TargetColumn, TargetColumn]:
    """The column as classes and as a number."""
    # by what they make: outside of their folder nobody names one
    found = {bool(entry.makes.counts_right): entry(column=column) for entry in entries(TargetColumn)}
    return found[True], found[False]


def _named(column: str, values: TargetValues, argument: str) -> TargetColumn:
    if len(values.texts) > MOST_NAMED:
        raise MisfitError(
            f"the target `{column}` has {len(values.texts)} different strings, but at most {MOST_NAMED} are classes",
            help=f'use `{argument}=class("{column}")` if each of them is a class',
        )
    return _readings(column)[0]


def _numbered(
    column: str, values: TargetValues, argument: str, prefers: type[Target] | None, quotable: bool
) -> tuple[TargetColumn, Reading | None]:
    """The column of numbers as classes or as a number, with the reason."""
    classes, a_number = _readings(column)
    possible = values.are_whole and len(values.numbers) <= MOST_CLASSES
    as_classes = possible and (_are_codes(values) if prefers is None else prefers is classes.makes)
    chosen, other = (classes, a_number) if as_classes else (a_number, classes)
    if not as_classes and len(values.numbers) > (MOST_NAMED if values.are_whole else MOST_NUMBERED):
        return chosen, None
    written = f'{argument}={other.name()}("{column}")'
    return chosen, Reading(
        column=column,
        found=_described(values, quotable),
        target=chosen.target(values),
        other=other.target(values),
        written=written,
        preferred=prefers is chosen.makes,
    )


def _are_codes(values: TargetValues) -> bool:
    """Whether integers are classes by themselves: 0 to k - 1, or a few; many of either only if they repeat."""
    count = len(values.numbers)
    from_0 = list(values.numbers) == list(range(count))
    if from_0 and count <= MOST_NUMBERED:
        return True
    return 2 * count <= values.samples and count <= (MOST_NAMED if from_0 else MOST_NUMBERED)


def _described(values: TargetValues, quotable: bool) -> str:
    """The values in words: `the integers 1 to 5`."""
    count, low, high = len(values.numbers), values.numbers[0], values.numbers[-1]
    noun = "integer" if values.are_whole else "number"
    if not quotable or count < 2:
        return counted(count, f"different {noun}")
    if count == 2:
        return f"the {noun}s {number_text(low)} and {number_text(high)}"
    if values.are_whole and high - low == count - 1:
        return f"the integers {number_text(low)} to {number_text(high)}"
    return f"{count} different {noun}s from {number_text(low)} to {number_text(high)}"


# ---- tables ----


def kind_of(columns: Columns, column: str | TargetColumn, prefers: type[Target] | None) -> Choice:
    """The target of a table. Raises DataError where it is neither classes nor numbers."""
    cells = set(columns.targets)
    found = [_value(cell) for cell in cells]
    numbers = sorted({value for value in found if not isinstance(value, str)})
    texts = sorted({value for value in found if isinstance(value, str)})
    values = TargetValues(tuple(numbers), tuple(texts), len(columns.targets))
    if isinstance(column, str) and numbers and texts:
        raise _mixed(columns)
    if numbers and any(map(is_float, texts)):
        raise _no_number(columns)  # of a code that isn't finite nobody makes a class
    try:
        return choose(column, values, "target", prefers, quotable=columns.table.quotable)
    except MisfitError as error:
        if error.reason == "is not a number":
            raise _no_number(columns) from None
        raise columns.error(error.reason, 0, help=error.help) from None


def encode(columns: Columns, target: Target) -> list[int] | list[float]:
    """The number of each target's class, or the number that it is. Raises DataError where a target is neither."""
    values = {cell: _value(cell) for cell in set(columns.targets)}
    if not target.labels:
        if any(isinstance(value, str) for value in values.values()):
            raise _no_number(columns)
        return [float(values[cell]) for cell in columns.targets]
    indices = {name: index for index, name in enumerate(target.labels)}
    codes = {cell: indices.get(class_name(value)) for cell, value in values.items()}
    for row, cell in enumerate(columns.targets):
        if codes[cell] is None:
            classes = f"classes {_ends(target.labels)}" if columns.table.quotable else target.plural
            name = class_name(values[cell])
            raise columns.error(f"{_cell(columns, name)} is none of the {classes}", row, "label")
    return [code for cell in columns.targets if (code := codes[cell]) is not None]


def _value(cell: str) -> int | float | str:
    """What a cell stands for: `1`, `1.0` and `01` are one number."""
    value = number(cell)
    if value is None or not value.is_integer():
        return cell if value is None else value
    try:
        return int(cell)  # all digits of it
    except ValueError:
        return int(value)


def class_name(value: float | str) -> str:
    """The name of the class that a value is."""
    return value if isinstance(value, str) else number_text(value)


def _mixed(columns: Columns) -> Exception:
    """Where the column of targets has a string after numbers, or a number after strings."""
    numeric = number(columns.targets[0]) is not None
    row = next(row for row, cell in enumerate(columns.targets) if (number(cell) is not None) != numeric)
    cell = columns.targets[row]
    return columns.error(f"{_cell(columns, cell)} {_other_kind(cell, numeric)}", row, help=_way_out(columns, cell))


def _no_number(columns: Columns) -> Exception:
    row = next(row for row, cell in enumerate(columns.targets) if number(cell) is None)
    cell = columns.targets[row]
    reason = "isn't a finite number in 32 bits" if is_float(cell) else "is not a number"
    return columns.error(f"{_cell(columns, cell)} {reason}", row, help=_way_out(columns, cell))


def _way_out(columns: Columns, cell: str) -> str | None:
    """What helps where a cell isn't the number that a target should be."""
    if columns.table.layout.is_missing(cell):
        return "remove the rows without a target"
    if is_float(cell):
        return None
    return f'use `target=class("{columns.target}")` if all of them are classes' if columns.table.quotable else None


def _cell(columns: Columns, cell: str) -> str:
    return f"the target {columns.table.quote(cell, 'of this row')}"


def _other_kind(cell: str, numeric: bool) -> str:
    """In which way a target isn't of the kind of those before it."""
    if not numeric:
        return "is a number, but those before it are strings"
    return "isn't a finite number in 32 bits" if is_float(cell) else "is no number, but those before it are"


def _shown(text: str, quotable: bool) -> str:
    return f"`{text}`" if quotable else "the same"


def _ends(classes: Sequence[str]) -> str:
    """The classes, the middle left out where there are many."""
    names = [f"`{name}`" for name in classes]
    return ", ".join(names if len(names) <= 10 else [*names[:4], "…", names[-1]])


# ---- arrays ----


def distinct(found: Iterable[int | float | str | bool], samples: int) -> TargetValues:
    """The values of an array, each once and in their order."""
    values = list(found)
    numbers = tuple(
        int(value) if float(value).is_integer() else value for value in values if not isinstance(value, str)
    )
    return TargetValues(numbers, tuple(value for value in values if isinstance(value, str)), samples)
