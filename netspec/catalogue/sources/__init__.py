"""Sources: where the data comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.fields import FieldType
from netspec.catalogue.image_statistics import KnownStatistics
from netspec.catalogue.python import Python
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataType
from netspec.formats.errors import DataError
from netspec.immutable import immutable
from netspec.memory import allocate

if TYPE_CHECKING:
    import numpy as np


@immutable
class DataFolders:
    """Where files are looked for: `spec` is the spec's folder, `data` the folder of downloaded data sets; and how they
    are read: by how many threads, None being as many as there are processors, and which kind of target the spec
    `prefers` if a source may have either, None if it says nothing of that."""

    spec: Path
    data: Path
    workers: int | None = None
    prefers: type[Target] | None = None


@immutable
class Samples:
    """Inputs [N, …] in the order of the type's fields, uint8 for images, float64 for tables and int64 for tokens, and
    targets [N], int64 classes or float32 numbers.

    A table keeps all digits of its file: a transform may bring large numbers that differ little close to 0, and only
    what comes out of it becomes float32.
    """

    inputs: tuple[np.ndarray, ...]
    targets: np.ndarray

    def at(self, indices: np.ndarray | slice) -> Samples:
        """Some of the samples."""
        return Samples(tuple(_rows(values, indices) for values in self.inputs), self.targets[indices])


def _rows(values: np.ndarray, indices: np.ndarray | slice) -> np.ndarray:
    if isinstance(indices, slice):
        return values[indices]
    found = allocate((len(indices), *values.shape[1:]), values.dtype)
    return values.take(indices, axis=0, out=found, mode="clip")  # unlike "raise" it writes without a buffer


@immutable
class Loaded:
    """A data set in memory; `test` and `validation` are None where the source has no such split of its own."""

    type: DataType
    train: Samples
    test: Samples | None
    validation: Samples | None = None


@immutable
class InputSample:
    """A sample of a file to predict: where it is from, its input as the source has it, the text that identifies it,
    and what is to be said of how it was read."""

    name: str
    values: np.ndarray
    id: str | None = None
    remark: str | None = None


class DataSource(Entry):
    """A data set. Its type is known before it is loaded, from its description or a look at its file."""

    kind: ClassVar[str] = "source"
    mirrored: ClassVar[bool] = True
    """Whether a sample shown the wrong way round is still one of its class; a letter or a digit isn't."""
    statistics: ClassVar[KnownStatistics | None] = None
    """What is known of the training split, of images."""

    def describe(self, folders: DataFolders) -> DataType:
        """The type of the data; loads no torch and fetches nothing. Raises DataError where a file has to tell."""
        raise NotImplementedError

    def unavailable(self, folders: DataFolders) -> str | None:
        """Why the data isn't on this disk, or None if it is."""
        return None

    @property
    def fetchable(self) -> bool:
        """Whether loading downloads what isn't on the disk."""
        return False

    @property
    def resizes(self) -> bool:
        """Whether loading brings images of any size to that of the network."""
        return False

    @property
    def predicted(self) -> str | None:
        """The name of the column to predict, of a table."""
        return None

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        """The files or folders that loading reads."""
        return ()

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        """The files or folders that take long to read, so that the samples are kept for as long as they stay as they
        are; none where reading is quick."""
        return ()

    def load(self, folders: DataFolders) -> Loaded:
        """All samples, checked. Raises DataError."""
        raise NotImplementedError

    def read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool, id: str | None = None
    ) -> Iterator[InputSample]:
        """The samples of files to predict with a network that takes `field`, read as the source reads its own.

        Raises DataError. `resize` lets pictures have another size, and `fills` says that a transform fills missing
        values; `id` is the column of a table that identifies its rows.
        """
        if id is not None:
            raise DataError("malformed", f"`{self.name()}` has no table with a column `{id}`")
        for name, values in self._read_files(field, paths, resize=resize or self.resizes, fills=fills):
            yield InputSample(name, values)

    def _read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool
    ) -> Iterator[tuple[str, np.ndarray]]:
        """The names and the values of samples in files. Raises DataError."""
        return field.read_files(paths, resize=resize, fills=fills)

    def python(self, folders: DataFolders, type: DataType) -> Python | None:
        """Lines that give `train` and, if the source has such splits of its own, `test` and `validation`: inputs and
        targets as `Samples` has them. None if a script has no code for it."""
        return None
