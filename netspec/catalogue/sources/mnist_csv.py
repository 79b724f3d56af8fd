"""MNIST as a table, the form in which Kaggle and others hand it out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType
from netspec.catalogue.fields.image import Image
from netspec.catalogue.image_statistics import KNOWN
from netspec.catalogue.sources import DataFolders, DataSource, InputSample, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Text
from netspec.formats.columns import number
from netspec.formats.files import why_no_file
from netspec.formats.images import SUFFIXES
from netspec.formats.tables import Row, TableFile, tables_of

if TYPE_CHECKING:
    import numpy as np

DIGITS = Classes(names=tuple("0123456789"))
IMAGES = DataField(Image(sizes=(1, 28, 28)))
COLUMNS = 1 + IMAGES.shape.size


class MnistCsv(DataSource):
    """Digits in a text file, one in a line: the label and then 784 pixels from 0 to 255, separated by commas.

    A header line (label, pixel0, …) may stand above them. A file has at most 256 MiB of text, and may be compressed as
    in `csv`. MNIST is handed out so by Kaggle and others. `predict` takes files with the labels and without.
    """

    mirrored: ClassVar = False
    statistics: ClassVar = KNOWN["mnist"]
    positional: ClassVar = ("path",)
    examples: ClassVar = (
        Example('mnist_csv("mnist_train.csv", test="mnist_test.csv")'),
        Example('mnist_csv("train.csv")'),
    )

    path: Annotated[Text, Field(min_length=1, description="the file, from the spec's folder")]
    test: Annotated[Text | None, Field(min_length=1, description="a file of the same form, to test on")] = None

    def _tables(self, folders: DataFolders) -> list[TableFile]:
        return tables_of(folders.spec, path=self.path, test=self.test)

    def describe(self, folders: DataFolders) -> DataType:
        counts = [_count(table) for table in self._tables(folders)]
        train, test = (*counts, 0)[:2]
        return DataType((IMAGES,), DIGITS, train=train, test=test)

    def unavailable(self, folders: DataFolders) -> str | None:
        reasons = (why_no_file(table.written, table.path) for table in self._tables(folders))
        return next(filter(None, reasons), None)

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return tuple(table.path for table in self._tables(folders))

    def load(self, folders: DataFolders) -> Loaded:
        train, *test = (_samples(table) for table in self._tables(folders))
        type = DataType((IMAGES,), DIGITS, train=len(train.targets), test=len(test[0].targets) if test else 0)
        return Loaded(type, train, test[0] if test else None)

    def read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool, id: str | None = None
    ) -> Iterator[InputSample]:
        for path in paths:
            if path.suffix.lower() in SUFFIXES:
                yield from super().read_files(field, [path], resize=resize, fills=fills, id=id)
                continue
            for index, image in enumerate(_images(TableFile(str(path), path, "file", quotable=True))):
                yield InputSample(f"{path}:{index + 1}", image)


def _images(table: TableFile) -> Iterator[np.ndarray]:
    """The digits of a file with or without a column of labels, uint8 [1, 28, 28] each."""
    import numpy as np

    rows = table.rows()
    first = next(rows)
    labels = len(first.cells) == COLUMNS
    digits = rows if _is_header(first) else chain([first], rows)
    for row in digits:
        table.check_width(row, COLUMNS if labels else COLUMNS - 1)
        yield np.array(_pixels(table, row, int(labels)), np.uint8).reshape(IMAGES.shape.dims)


def _count(table: TableFile) -> int:
    """How many digits a file holds, by its first row and the number of its lines."""
    first = next(table.rows())
    table.check_width(first, COLUMNS)
    with table.file.open() as text:
        count = sum(1 for line in text if line.strip()) - _is_header(first)
    if count == 0:
        raise table.error(f"`{table.written}` has a header line and no digits", first.line)
    return count


def _is_header(row: Row) -> bool:
    return all(number(cell) is None for cell in row.cells)


def _samples(table: TableFile) -> Samples:
    import numpy as np

    _count(table)  # raises where the file has no digits
    numbers = _read_at_once(table)
    if numbers is None:
        numbers = _read_by_rows(table)
    images = numbers[:, 1:].astype(np.uint8).reshape(-1, *IMAGES.shape.dims)
    return Samples((images,), numbers[:, 0].astype(np.int64))


def _read_at_once(table: TableFile) -> np.ndarray | None:
    """The labels and pixels [N, 785], or None where the rows have to be looked at one by one."""
    import numpy as np

    header = int(_is_header(next(table.rows())))
    with warnings.catch_warnings():
        # an older numpy reads 1.5 as 1, with a warning
        warnings.simplefilter("error")
        try:
            with table.file.open() as text:
                numbers = np.loadtxt(text, np.int16, comments=None, delimiter=table.separator, skiprows=header, ndmin=2)
        except (ValueError, Warning):
            return None
    sound = numbers.shape[1] == COLUMNS and numbers.min() >= 0 and numbers.max() <= 255 and numbers[:, 0].max() <= 9
    return numbers if sound else None


def _read_by_rows(table: TableFile) -> np.ndarray:
    """The labels and pixels [N, 785], and DataError at the first cell that is none."""
    import numpy as np

    rows = table.rows()
    first = next(rows)
    return np.array([_values(table, row) for row in (rows if _is_header(first) else chain([first], rows))], np.int16)


def _values(table: TableFile, row: Row) -> list[int]:
    """The label and the pixels of a row."""
    table.check_width(row, COLUMNS)
    label = _whole(row.cells[0])
    if not 0 <= label < DIGITS.count:
        reason = f"the label {table.quote(row.cells[0], 'of this row')} is none of the digits 0 to 9"
        raise table.error(reason, row.line, 0, what="label")
    return [label, *_pixels(table, row, 1)]


def _pixels(table: TableFile, row: Row, start: int) -> list[int]:
    """The pixels of a row, from a column on."""
    values = list(map(_whole, row.cells[start:]))
    if min(values) < 0 or max(values) > 255:
        index = start + next(index for index, value in enumerate(values) if not 0 <= value <= 255)
        reason = f"the pixel {table.quote(row.cells[index], 'here')} is no whole number from 0 to 255"
        raise table.error(reason, row.line, index)
    return values


def _whole(cell: str) -> int:
    return int(cell) if cell.isascii() and cell.strip().isdigit() else -1
