"""Sources that are tables in files: which columns there are, and what the network gets of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.fields import FieldType
from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders, DataSource, InputSample, Loaded, Samples
from netspec.catalogue.sources._targets import Choice, encode, kind_of
from netspec.catalogue.sources._type_records import keep_type, kept_type
from netspec.catalogue.target_columns import TargetColumn
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Text
from netspec.formats.columns import Columns, Wanted, read_columns
from netspec.formats.files import why_no_file
from netspec.formats.layout import Layout
from netspec.formats.tables import TableFile, tables_of
from netspec.shapes import MisfitError

Names = tuple[Annotated[Text, Field(min_length=1)], ...]

SLOW = 2**24
"""The bytes of files whose samples are kept, because reading them takes seconds."""


class TargetTable(DataSource):
    """A table in a file that has the targets, and perhaps others like it to validate and to test on."""

    positional: ClassVar = ("path",)
    table: ClassVar[type[TableFile]] = TableFile
    """How the file is read."""

    path: Annotated[Text, Field(min_length=1, description="the file, from the spec's folder")]
    target: Annotated[
        Annotated[Text, Field(min_length=1)] | TargetColumn,
        Field(description="name of the column to predict, alone or in `class` or `number`, which say what it is"),
    ]
    test: Annotated[Text | None, Field(min_length=1, description="a file with the same columns, to test on")] = None
    validation: Annotated[
        Text | None, Field(min_length=1, description="a file with the same columns, to validate on")
    ] = None

    @property
    def predicted(self) -> str:
        """The name of the column to predict."""
        return self.target if isinstance(self.target, str) else self.target.column

    def layout(self) -> Layout:
        """How the files are laid out."""
        return Layout()

    def unavailable(self, folders: DataFolders) -> str | None:
        reasons = (why_no_file(table.written, table.path) for table in self._tables(folders))
        return next(filter(None, reasons), None)

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return tuple(table.path for table in self._tables(folders))

    def _tables(self, folders: DataFolders) -> list[TableFile]:
        files = {"path": self.path, "test": self.test, "validation": self.validation}
        return tables_of(folders.spec, self.table, self.layout(), **files)

    def _choice(self, train: Columns, others: Iterable[Columns], folders: DataFolders) -> Choice:
        """What the targets of the tables are. Raises DataError where one of them isn't that."""
        choice = kind_of(train, self.target, folders.prefers)
        if isinstance(self.target, TargetColumn):
            encode(train, choice[0])  # the classes that it names are those that are there
        for columns in others:
            encode(columns, choice[0])
        return choice


class Tabular(TargetTable):
    """A table whose other columns are the inputs."""

    categories: Annotated[
        Names, Field(description="names of the columns of texts: each text becomes an input, 1 where it stands, else 0")
    ] = ()
    ignore: Annotated[Names, Field(description="names of the columns that are left out")] = ()

    def check(self) -> None:
        for argument, names in (("ignore", self.ignore), ("categories", self.categories)):
            if self.predicted in names:
                raise MisfitError(f"`{self.predicted}` is the target", argument=argument)
        for name in self.categories:
            if name in self.ignore:
                raise MisfitError(f"`{name}` is left out, and so has no categories", argument="categories")

    def describe(self, folders: DataFolders) -> DataType:
        files = self.files(folders)
        kept = kept_type(self, files, folders)
        return kept if kept is not None else keep_type(self, files, folders, self._described(*self._read(folders)))

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        files = self.files(folders)
        try:
            return files if sum(file.stat().st_size for file in files) >= SLOW else ()
        except (OSError, ValueError):  # reading it says what is wrong with it
            return ()

    def load(self, folders: DataFolders) -> Loaded:
        tables, choice = self._read(folders)
        splits = {name: _samples(columns, choice[0]) for name, columns in tables.items()}
        type = self._described(tables, choice)
        return Loaded(type, splits["path"], splits.get("test"), splits.get("validation"))

    def read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool, id: str | None = None
    ) -> Iterator[InputSample]:
        for path in paths:
            rows = field.read_table(self._table_to_predict(path), fills=fills, id=id)
            for index, values in enumerate(rows.values):
                name = f"{path}:{index + 1}"
                yield InputSample(name, values, rows.ids[index] if rows.ids else None, rows.remarks.get(index))

    def _table_to_predict(self, path: Path) -> TableFile:
        """A file of rows, which may lack the target."""
        table = self.table(str(path), path, "file", True, self.layout())
        names = table.layout.columns
        if names and len(next(table.rows()).cells) == len(names) - 1:
            without = tuple(name for name in names if name != self.predicted)
            return replace(table, layout=replace(table.layout, columns=without))
        return table

    def _read(self, folders: DataFolders) -> tuple[dict[str, Columns], Choice]:
        """The tables by the arguments that name them, and what their targets are."""
        wanted = Wanted(self.predicted, self.categories, self.ignore)
        first, *others = self._tables(folders)
        train = read_columns(first, wanted)
        tables = {first.argument: train}
        tables |= {table.argument: read_columns(table, wanted, train.columns) for table in others}
        return tables, self._choice(train, list(tables.values())[1:], folders)

    def _described(self, tables: dict[str, Columns], choice: Choice) -> DataType:
        counts = {name: len(columns.targets) for name, columns in tables.items()}
        gap = next(filter(None, (columns.gap for columns in tables.values())), None)
        target, reading = choice
        return DataType(
            (DataField(Table.of(tables["path"].columns), gap=gap),),
            target,
            train=counts["path"],
            test=counts.get("test", 0),
            validation=counts.get("validation", 0),
            reading=reading,
            remarks=tuple(remark for columns in tables.values() for remark in columns.remarks),
        )


def _samples(columns: Columns, target: Target) -> Samples:
    import numpy as np

    return Samples((columns.inputs(),), np.array(encode(columns, target), target.dtype))
