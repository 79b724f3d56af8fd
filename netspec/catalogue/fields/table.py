"""A row of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType, ensure_finite
from netspec.catalogue.values import AnyText, Sizes
from netspec.formats.columns import Column
from netspec.formats.rows import Rows, read_rows
from netspec.formats.tables import TableFile
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    import numpy as np


class Table(FieldType):
    """A row of a table, [columns], float64: numbers, and a 1 among zeros for each text of a column of categories.

    What isn't a row, such as the numbers of an array [N, rows, columns], has the sizes of its array.
    """

    positional: ClassVar = ("sizes",)
    examples: ClassVar = (Example("table(4)"), Example('table(3, names=["age", "port"], categories=[[], ["C", "S"]])'))

    sizes: Annotated[Sizes, Field(description="count of the numbers of a sample, or the sizes of its array")]
    names: Annotated[tuple[AnyText, ...], Field(description="names of the columns")] = ()
    categories: Annotated[
        tuple[tuple[AnyText, ...], ...], Field(description="for each column its texts; none where it holds numbers")
    ] = ()

    def check(self) -> None:
        width = sum(column.width for column in self.columns)
        if self.names and self.shape.dims != (width,):
            raise MisfitError(f"the columns make {width} numbers, and `sizes` says {self.sizes}", argument="sizes")

    @classmethod
    def of(cls, columns: tuple[Column, ...]) -> Self:
        """The table of these columns."""
        categories = tuple(column.categories for column in columns)
        names = tuple(column.name for column in columns)
        return cls(sizes=sum(column.width for column in columns), names=names, categories=categories)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns; none where they have no names."""
        categories = self.categories or ((),) * len(self.names)
        return tuple(map(Column, self.names, categories))

    @property
    def table_columns(self) -> tuple[Column, ...]:
        if self.shape.rank != 1:
            return ()
        return self.columns or tuple(map(Column, super().part_names(self.shape.dims[0])))

    @property
    def shape(self) -> Shape:
        return Shape(self.sizes if isinstance(self.sizes, tuple) else (self.sizes,))

    def from_array(self, values: np.ndarray) -> np.ndarray:
        import numpy as np

        ensure_finite(values)
        return values.astype(np.float64)

    def read_files(self, paths: Sequence[Path], *, resize: bool, fills: bool) -> Iterator[tuple[str, np.ndarray]]:
        for path in paths:
            rows = self.read_table(TableFile(str(path), path, "file", quotable=True), fills=fills)
            yield from ((f"{path}:{number}", row) for number, row in enumerate(rows.values, 1))

    def read_table(self, table: TableFile, *, fills: bool, id: str | None = None) -> Rows:
        return read_rows(table, self.columns, self.shape.dims[0], gaps=fills, id=id)

    def part_names(self, count: int) -> list[str]:
        names = [
            f"{column.name}={category}" if category else column.name
            for column in self.columns
            for category in column.categories or ("",)
        ]
        # a transform may have left them as many, or not
        return names if len(names) == count else super().part_names(count)

    @property
    def axes(self) -> tuple[str, str] | None:
        if self.shape.dims != (2,) or any(self.categories):
            return None
        across, up = self.part_names(2)
        return across, up

    def difference(self, other: FieldType) -> str | None:
        if not isinstance(other, Table):
            return super().difference(other)
        for mine, its in zip(self.columns, other.columns, strict=False):
            if mine.name != its.name:
                return f"the column `{its.name}` instead of `{mine.name}`"
            if mine != its:
                return f"other categories in the column `{mine.name}`"
        return None
