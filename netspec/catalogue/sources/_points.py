"""Made-up points in a plane, each class with a shape of its own: to see what a network can divide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.fields.table import Table
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import NonNegativeInt
from netspec.formats.columns import Column

if TYPE_CHECKING:
    import numpy as np

COLUMNS = (Column("x"), Column("y"))

NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Points(DataSource):
    """Points in a plane, the same for everyone with the same seed; none are set apart to test."""

    names: ClassVar[tuple[str, ...]]
    positional: ClassVar = ("samples",)

    samples: Annotated[int, Field(ge=2, le=10_000_000, description="how many points there are, of all classes")] = 1000
    noise: Annotated[NonNegative, Field(description="standard deviation of what is added to each coordinate")] = 0.0
    seed: Annotated[NonNegativeInt, Field(description="what the points follow from")] = 0

    def draw(self, targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A point [N, 2] of each of these classes [N], without the noise."""
        raise NotImplementedError

    def describe(self, folders: DataFolders) -> DataType:
        field = DataField(Table.of(COLUMNS))
        return DataType((field,), Classes(names=self._names), train=self.samples)

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np

        rng = np.random.default_rng(self.seed)
        targets = (np.arange(self.samples) % len(self._names)).astype(np.int64)
        points = self.draw(targets, rng) + self.noise * rng.standard_normal((self.samples, len(COLUMNS)))
        order = rng.permutation(self.samples)
        return Loaded(self.describe(folders), Samples((points,), targets).at(order), None)

    @property
    def _names(self) -> tuple[str, ...]:
        return self.names

    def python_points(self) -> str:
        """`draw` as lines that make `points` of `targets` and `rng`."""
        raise NotImplementedError

    def python(self, folders: DataFolders, type: DataType) -> Python:
        lines = (
            f"rng = np.random.default_rng({self.seed})",
            f"targets = (np.arange({self.samples}) % {len(self._names)}).astype(np.int64)",
            self.python_points(),
            f"points = points + {self.noise!r} * rng.standard_normal(points.shape)",
            "order = rng.permutation(len(points))",
            "train = points[order], targets[order]",
        )
        return Python("\n".join(lines))


def along(targets: np.ndarray, classes: int) -> np.ndarray:
    """Where each point lies on the curve of its class, evenly from 0 to 1."""
    import numpy as np

    ranks = np.arange(len(targets)) // classes
    return ranks / np.maximum(np.bincount(targets)[targets] - 1, 1)
