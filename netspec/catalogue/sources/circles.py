"""Points on two circles, one within the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._points import Points

if TYPE_CHECKING:
    import numpy as np


class Circles(Points):
    """Made-up points on two circles, one within the other, as sklearn.datasets.make_circles has them.

    No line divides them. None are set apart to test: `test = 20%` does.
    """

    names: ClassVar = ("outer", "inner")
    examples: ClassVar = (Example("circles()"), Example("circles(500, noise=0.05, factor=0.5)"))

    factor: Annotated[
        float, Field(ge=0, lt=1, description="radius of the inner circle; that of the outer one is 1")
    ] = 0.8

    def draw(self, targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        import numpy as np

        # a whole turn ends where it began, so that the last point is one step short of it
        angle = 2 * np.pi * (np.arange(len(targets)) // 2) / np.bincount(targets)[targets]
        radius = np.where(targets == 1, self.factor, 1.0)
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    def python_points(self) -> str:
        lines = (
            "angle = 2 * np.pi * (np.arange(len(targets)) // 2) / np.bincount(targets)[targets]",
            f"radius = np.where(targets == 1, {self.factor!r}, 1.0)",
            "points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])",
        )
        return "\n".join(lines)
