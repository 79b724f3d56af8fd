"""Points on two half circles that reach into each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._points import Points, along

if TYPE_CHECKING:
    import numpy as np


class Moons(Points):
    """Made-up points on two half circles that reach into each other, as sklearn.datasets.make_moons has them.

    No line divides them. None are set apart to test: `test = 20%` does.
    """

    names: ClassVar = ("upper", "lower")
    examples: ClassVar = (Example("moons()"), Example("moons(500, noise=0.1, seed=3)"))

    def draw(self, targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        import numpy as np

        angle = np.pi * along(targets, 2)
        lower = targets == 1
        x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
        return np.column_stack([x, np.where(lower, 0.5 - np.sin(angle), np.sin(angle))])

    def python_points(self) -> str:
        lines = (
            "ranks = np.arange(len(targets)) // 2",
            "angle = np.pi * (ranks / np.maximum(np.bincount(targets)[targets] - 1, 1))",
            "lower = targets == 1",
            "x = np.where(lower, 1 - np.cos(angle), np.cos(angle))",
            "points = np.column_stack([x, np.where(lower, 0.5 - np.sin(angle), np.sin(angle))])",
        )
        return "\n".join(lines)
