"""Fields: what the inputs of a sample are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.formats.errors import DataError
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from netspec.formats.columns import Column
    from netspec.formats.rows import Rows
    from netspec.formats.tables import TableFile


class FieldType(Entry):
    """What an input of a sample is: an image, a row of a table, a text, …

    All that depends on it stands on the entry; nobody outside of this folder asks which one it is.
    """

    kind: ClassVar[str] = "field"
    taken_by: ClassVar[str | None] = "source"

    dtype: ClassVar[str] = "float64"
    """The dtype of inputs [N, …] as sources give them."""
    pictured: ClassVar[bool] = False
    """Whether samples can be looked at as pictures, [N, channels, height, width] with values from 0 to 1."""
    python: ClassVar[str] = "x"
    """`to_tensor` as an expression of `x`, of what most sources give."""
    before: ClassVar[str] = "from the source"
    """In which state the numbers are before the first step, in words."""

    @property
    def shape(self) -> Shape:
        """The shape of one sample's input, as it comes to the first augmentation or transform."""
        raise NotImplementedError

    def from_array(self, values: np.ndarray) -> np.ndarray:
        """The inputs of an array [N, …] out of a file. Raises MisfitError where they are none of this field; its reason
        goes on after "the array has"."""
        raise NotImplementedError

    @property
    def indices(self) -> int | None:
        """How many different indices there are, where the input is indices; None where it is numbers."""
        return None

    def to_tensor(self, inputs: Tensor) -> Tensor:
        """Inputs [N, …] of a source as they go into the first augmentation or transform."""
        return inputs

    def read_files(self, paths: Sequence[Path], *, resize: bool, fills: bool) -> Iterator[tuple[str, np.ndarray]]:
        """The samples of files to predict, each with its name and as a source gives it. Raises DataError.

        `resize` lets pictures have another size, and `fills` says that a transform fills missing values.
        """
        raise DataError("malformed", f"this network takes {self}: no files of that kind can be read")

    def read_table(self, table: TableFile, *, fills: bool, id: str | None = None) -> Rows:
        """The samples in the rows of a table to predict. Raises DataError.

        `fills` says that a transform fills missing values; `id` is the column that identifies the rows.
        """
        raise DataError("malformed", f"this network takes {self}: no rows of a table can be read")

    def parts(self, inputs: Tensor) -> Tensor:
        """Inputs [N, …] as [N, parts, …], the parts being those whose numbers are looked at by themselves."""
        return inputs.reshape(len(inputs), inputs.shape[1], -1)

    def part_names(self, count: int) -> list[str]:
        """The names of that many parts."""
        return [f"column {number}" for number in range(count)]

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """The columns of the rows of a table in the order of their numbers; none where inputs are no such rows."""
        return ()

    def is_a(self, kind: type[FieldType]) -> bool:
        """Whether it is a field of that kind."""
        return isinstance(self, kind)

    @property
    def axes(self) -> tuple[str, str] | None:
        """The names of the two numbers of a sample, which is a point in a plane; None if it is something else."""
        return None

    def difference(self, other: FieldType) -> str | None:
        """What another field of the same text has instead; None if it fits."""
        return None

    def __str__(self) -> str:
        """The field in a type: `image[1, 28, 28]`."""
        return f"{self.name()}[{', '.join(map(str, self.shape.dims))}]"


def ensure_finite(values: np.ndarray) -> None:
    """Raises MisfitError for numbers that float32 can't hold."""
    import numpy as np

    if values.dtype.kind != "f" or not values.size:  # float32 holds integers of 64 bits too, if not all of their digits
        return
    with np.errstate(over="ignore"):
        # NaN is the least and the largest number where there is one
        if not np.isfinite(np.array([values.min(), values.max()]).astype(np.float32)).all():
            raise MisfitError("numbers that 32 bits don't hold, or NaN")
