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


class PerClass(Metric):
    """A metric of each class by itself; over all classes it is their mean, equally weighted."""

    def compute(self, counts: np.ndarray) -> float:
        scores = self.per_class(counts)
        return sum(scores) / len(scores)

    def per_class(self, counts: np.ndarray) -> list[float]:
        """The metric of each class, in their order."""
        raise NotImplementedError


def shares(part: np.ndarray, whole: np.ndarray) -> list[float]:
    """`part / whole` place by place, 0 where the whole is 0: scikit-learn's zero_division=0."""
    import numpy as np

    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0).tolist()
