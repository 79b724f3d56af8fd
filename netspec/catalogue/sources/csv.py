"""Tables of numbers in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue._columns import Columns, read_columns
from netspec.catalogue._files import why_no_file
from netspec.catalogue._tables import Table, tables_of
from netspec.catalogue._targets import encode, kind_of
from netspec.catalogue.entry import Example
from netspec.catalogue.sources import DataError, DataSource, Loaded, Place, Samples
from netspec.catalogue.types import DataField, DataType, Target
from netspec.catalogue.values import Text
from netspec.shapes import Shape

if TYPE_CHECKING:
    import numpy as np


class Csv(DataSource):
    """A table in a text file: a header line, then a row for each sample, the cells separated by commas.

    The column that `target` names is what to predict; every other column holds numbers. Targets that are texts are
    classes, in alphabetical order, at most 100. Targets that are exactly the whole numbers 0 to k - 1 are k classes,
    for k up to 20; all other numbers are numbers to predict. A column of targets doesn't mix texts and numbers, and
    has at least two different ones. The file is in UTF-8 and has at most 256 MiB; empty lines are skipped.
    """

    positional: ClassVar = ("path",)
    examples: ClassVar = (
        Example('csv("animals.csv", target="is_cat")'),
        Example('csv("train.csv", target="price", test="test.csv")'),
    )

    path: Annotated[Text, Field(min_length=1, description="the file, from the spec's folder")]
    target: Annotated[Text, Field(min_length=1, description="name of the column to predict")]
    test: Annotated[Text | None, Field(min_length=1, description="a file with the same columns, to test on")] = None

    def describe(self, place: Place) -> DataType:
        train, test, target = self._read(place)
        return DataType(
            (DataField("table", Shape.of(len(train.names)), columns=train.names),),
            target,
            train=len(train.targets),
            test=len(test.targets) if test else 0,
        )

    def unavailable(self, place: Place) -> str | None:
        reasons = (why_no_file(table.written, table.path) for table in self._tables(place))
        return next(filter(None, reasons), None)

    def files(self, place: Place) -> tuple[Path, ...]:
        return tuple(table.path for table in self._tables(place))

    def load(self, place: Place) -> Loaded:
        train, test, target = self._read(place)
        return Loaded(self.describe(place), _samples(train, target), _samples(test, target) if test else None)

    def _tables(self, place: Place) -> list[Table]:
        return tables_of(place.spec, path=self.path, test=self.test)

    def _read(self, place: Place) -> tuple[Columns, Columns | None, Target]:
        first, *others = self._tables(place)
        train = read_columns(first, self.target)
        target = kind_of(train)
        if not others:
            return train, None, target
        test = read_columns(others[0], self.target)
        if test.names != train.names:
            difference = f": {_first_difference(train.names, test.names)}" if first.quotable else ""
            raise DataError(
                "malformed",
                f"`{self.test}` hasn't the columns of `{self.path}`{difference}",
                argument="test",
                path=test.table.path,
            )
        encode(test, target)
        return train, test, target


def _samples(columns: Columns, target: Target) -> Samples:
    import numpy as np

    from netspec.catalogue.types import Classes

    inputs: np.ndarray = np.array(columns.inputs, np.float64).reshape(len(columns.targets), len(columns.names))
    targets = np.array(encode(columns, target), np.int64 if isinstance(target, Classes) else np.float32)
    return Samples((inputs,), targets)


def _first_difference(wanted: tuple[str, ...], found: tuple[str, ...]) -> str:
    for place, name in enumerate(wanted):
        if place == len(found) or found[place] != name:
            there = f", `{found[place]}` stands there" if place < len(found) else ""
            return f"`{name}` is missing{there}" if name not in found else f"`{name}` stands elsewhere"
    return f"`{found[len(wanted)]}` is one more"
