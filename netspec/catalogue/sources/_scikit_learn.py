"""Small data sets that come with scikit-learn."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.catalogue.fields.table import Table
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.types import DataField, DataType
from netspec.formats.columns import Column
from netspec.formats.errors import DataError


class FromScikitLearn(DataSource):
    """A table that comes with scikit-learn, without a test split of its own."""

    columns: ClassVar[tuple[str, ...]]
    names: ClassVar[tuple[str, ...]] = ()
    """The names of the classes; none where the targets are numbers."""
    samples: ClassVar[int]

    def fetch(self) -> Any:
        """What scikit-learn gives: `data` [N, columns] and `target` [N]."""
        raise NotImplementedError

    def describe(self, folders: DataFolders) -> DataType:
        columns = tuple(map(Column, self.columns))
        target: Target = Classes(names=self.names) if self.names else Number()
        return DataType((DataField(Table.of(columns)),), target, train=self.samples)

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np

        try:
            found = self.fetch()
        except OSError as error:
            reason = f"`{self.name()}` isn't where scikit-learn has it: {error.strerror}"
            raise DataError("missing", reason, help="install scikit-learn again") from error
        targets = found.target.astype(np.int64 if self.names else np.float32)
        return Loaded(self.describe(folders), Samples((found.data.astype(np.float64),), targets), None)

    def python(self, folders: DataFolders, type: DataType) -> Python:
        dtype = "int64" if self.names else "float32"
        train = f"train = found.data.astype(np.float64), found.target.astype(np.{dtype})"
        return Python(f"found = sklearn.load_{self.name()}()\n{train}")
