"""Metrics: how a trained network is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry

if TYPE_CHECKING:
    import numpy as np


class Metric(Entry):
    """A number from a confusion matrix: `counts[i, j]` samples of class i were taken for class j.

    The counts are sums over all samples, so no metric depends on the batch size.
    """

    kind: ClassVar[str] = "metric"

    def compute(self, counts: np.ndarray) -> float:
        """The metric over all classes."""
        raise NotImplementedError

    def per_class(self, counts: np.ndarray) -> list[float] | None:
        """The metric of each class by itself; None if it has no such meaning."""
        return None


def as_samples(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A confusion matrix as scikit-learn takes it: true class, predicted class and weight of each cell."""
    import numpy as np

    true, predicted = np.indices(counts.shape)
    return true.ravel(), predicted.ravel(), counts.ravel()
