"""Sources that are tables in files: which columns there are, and what the network gets of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.sources._targets import Choice, encode, kind_of
from netspec.catalogue.target_columns import TargetColumn
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Text
from netspec.formats.columns import Column, Columns, Wanted, read_columns
from netspec.formats.errors import DataError
from netspec.formats.files import why_no_file
from netspec.formats.tables import TableFile, tables_of
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    import numpy as np

Names = tuple[Annotated[Text, Field(min_length=1)], ...]


class Tabular(DataSource):
    """A table in a file, and perhaps one like it to test on."""

    positional: ClassVar = ("path",)
    table: ClassVar[type[TableFile]] = TableFile
    """How the file is read."""

    path: Annotated[Text, Field(min_length=1, description="the file, from the spec's folder")]
    target: Annotated[
        Annotated[Text, Field(min_length=1)] | TargetColumn,
        Field(description="name of the column to predict, alone or in `class` or `number`, which say what it is"),
    ]
    test: Annotated[Text | None, Field(min_length=1, description="a file with the same columns, to test on")] = None
    categories: Annotated[
        Names, Field(description="names of the columns of texts: each text becomes an input, 1 where it stands, else 0")
    ] = ()
    ignore: Annotated[Names, Field(description="names of the columns that are left out")] = ()

    @property
    def predicted(self) -> str:
        """The name of the column to predict."""
        return self.target if isinstance(self.target, str) else self.target.column

    def check(self) -> None:
        for argument, names in (("ignore", self.ignore), ("categories", self.categories)):
            if self.predicted in names:
                raise MisfitError(f"`{self.predicted}` is the target", argument=argument)
        for name in self.categories:
            if name in self.ignore:
                raise MisfitError(f"`{name}` is left out, and so has no categories", argument="categories")

    def describe(self, folders: DataFolders) -> DataType:
        train, test, (target, reading) = self._read(folders)
        gap = train.gap or (test.gap if test else None)
        return DataType(
            (DataField(Table.of(train.columns), gap=gap),),
            target,
            train=len(train.targets),
            test=len(test.targets) if test else 0,
            reading=reading,
        )

    def unavailable(self, folders: DataFolders) -> str | None:
        reasons = (why_no_file(table.written, table.path) for table in self._tables(folders))
        return next(filter(None, reasons), None)

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return tuple(table.path for table in self._tables(folders))

    def load(self, folders: DataFolders) -> Loaded:
        train, test, (target, _) = self._read(folders)
        return Loaded(self.describe(folders), _samples(train, target), _samples(test, target) if test else None)

    def _tables(self, folders: DataFolders) -> list[TableFile]:
        return tables_of(folders.spec, self.table, path=self.path, test=self.test)

    def _read(self, folders: DataFolders) -> tuple[Columns, Columns | None, Choice]:
        wanted = Wanted(self.predicted, self.categories, self.ignore)
        first, *others = self._tables(folders)
        train = read_columns(first, wanted)
        choice = kind_of(train, self.target, folders.prefers)
        if isinstance(self.target, TargetColumn):
            encode(train, choice[0])  # the classes that it names are those that are there
        if not others:
            return train, None, choice
        self._check_names(others[0], train.columns)
        test = read_columns(others[0], wanted, train.columns)
        encode(test, choice[0])
        return train, test, choice

    def _check_names(self, test: TableFile, columns: tuple[Column, ...]) -> None:
        """Raises DataError where the table to test on hasn't the columns of the one to train on, in their order."""
        wanted = [column.name for column in columns]
        found = [name for name in test.header().cells if name not in (self.predicted, *self.ignore)]
        if found != wanted:
            difference = f": {_first_difference(wanted, found)}" if test.quotable else ""
            raise DataError(
                "malformed",
                f"`{self.test}` hasn't the columns of `{self.path}`{difference}",
                argument="test",
                path=test.path,
            )


def _samples(columns: Columns, target: Target) -> Samples:
    import numpy as np

    inputs: np.ndarray = np.array(columns.inputs, np.float64).reshape(len(columns.targets), -1)
    return Samples((inputs,), np.array(encode(columns, target), target.dtype))


def _first_difference(wanted: list[str], found: list[str]) -> str:
    for index, name in enumerate(wanted):
        if index == len(found) or found[index] != name:
            there = f", `{found[index]}` stands there" if index < len(found) else ""
            return f"`{name}` is missing{there}" if name not in found else f"`{name}` stands elsewhere"
    return f"`{found[len(wanted)]}` is one more"
