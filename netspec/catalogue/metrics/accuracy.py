"""Share of right answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric

if TYPE_CHECKING:
    import numpy as np


class Accuracy(Metric):
    """The share of samples whose class is predicted rightly."""

    examples: ClassVar = (Example("accuracy"),)

    def compute(self, counts: np.ndarray) -> float:
        return float(counts.trace() / counts.sum())
