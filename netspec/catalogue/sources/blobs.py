"""Points in clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._points import NonNegative, Points

if TYPE_CHECKING:
    import numpy as np

REACH = 10.0
"""How far from 0 the centre of a cloud may be in each direction, as scikit-learn has it."""


class Blobs(Points):
    """Made-up points in round clouds, a cloud for each class, as sklearn.datasets.make_blobs has them.

    The centres are drawn from a square around 0. None are set apart to test: `test = 20%` does.
    """

    examples: ClassVar = (Example("blobs()"), Example("blobs(500, classes=5, noise=0.5, seed=3)"))

    noise: Annotated[NonNegative, Field(description="standard deviation of the points around their centre")] = 1.0
    classes: Annotated[int, Field(ge=2, le=1000, description="how many clouds there are")] = 3

    def draw(self, targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return rng.uniform(-REACH, REACH, (self.classes, 2))[targets]

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.classes)))

    def python_points(self) -> str:
        return f"points = rng.uniform({-REACH}, {REACH}, ({self.classes}, 2))[targets]"
