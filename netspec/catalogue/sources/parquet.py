"""Tables in Parquet files."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._tabular import Tabular
from netspec.formats.blocks import Chunk
from netspec.formats.errors import DataError
from netspec.formats.files import why_no_file
from netspec.formats.tables import Row, TableFile

ROWS = 10_000
"""How many rows are made texts at a time."""


@dataclass(frozen=True)
class ParquetTable(TableFile):
    """A table in a Parquet file, whose cells are given as a text file would hold them; the header is row 0."""

    has_layout: ClassVar = False

    @property
    def index_columns(self) -> frozenset[int]:
        """The columns that pandas made of the index of a table."""
        names = self.header.cells
        pandas = json.loads((self._open().schema_arrow.metadata or {}).get(b"pandas", b"{}"))
        index = [name for name in pandas.get("index_columns", ()) if isinstance(name, str)]
        return frozenset(names.index(name) for name in index if name in names)

    def rows(self) -> Iterator[Row]:
        yield Row(0, list(self._open().schema_arrow.names))
        line = 0
        for chunk in self.chunks():
            for cells in zip(*chunk.columns, strict=True):
                yield Row(line := line + 1, list(cells))

    def chunks(self) -> Generator[Chunk]:
        start = 0
        try:
            for batch in self._open().iter_batches(batch_size=ROWS):
                columns = [[_text(cell) for cell in column.to_pylist()] for column in batch.columns]
                yield Chunk(start, batch.num_rows, columns)
                start += batch.num_rows
        except (OSError, ValueError, NotImplementedError) as error:
            raise self._broken(error) from None

    def error(
        self,
        reason: str,
        line: int,
        cell: int | None = None,
        *,
        what: Literal["malformed", "label"] = "malformed",
        argument: str | None = None,
        help: str | None = None,
    ) -> DataError:
        where = f", in row {line}" if line else ""
        return DataError(what, reason + where, argument=argument or self.argument, help=help, path=self.path)

    def _open(self) -> Any:
        if reason := why_no_file(self.written, self.path):
            raise DataError("missing", reason, argument=self.argument)
        try:
            from pyarrow.parquet import ParquetFile
        except ImportError:
            reason = "a Parquet file is read with pyarrow, which isn't installed"
            raise DataError(
                "malformed", reason, argument=self.argument, help='pip install "netspec-lang[parquet]"'
            ) from None
        try:
            return ParquetFile(self.path, memory_map=False)
        except (OSError, ValueError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> DataError:
        reason = str(error).strip().splitlines()[:1] if self.quotable else []
        return DataError(
            "malformed",
            ": ".join([f"`{self.written}` isn't a Parquet file that can be read", *reason]),
            argument=self.argument,
            path=self.path,
        )


class Parquet(Tabular):
    """A table in a Parquet file, a row for each sample: it takes `pip install "netspec-lang[parquet]"`.

    What is to predict, and what becomes of texts and of values that are missing, is as in `csv`.
    """

    table: ClassVar = ParquetTable
    examples: ClassVar = (
        Example('parquet("animals.parquet", target="is_cat")'),
        Example('parquet("train.parquet", target="price", test="test.parquet", categories=["colour"])'),
    )


def _text(cell: object) -> str:
    """A value as a text file would hold it; nothing where there is none, and 1 and 0 for yes and no."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, bool) else str(cell)
