"""Harmonic mean of precision and recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, as_samples

if TYPE_CHECKING:
    import numpy as np


class F1(Metric):
    """2 * precision * recall / (precision + recall) of a class; the mean over the classes, equally weighted.

    A class without samples or predictions counts as 0, as in scikit-learn with zero_division=0.
    """

    examples: ClassVar = (Example("f1"),)

    def compute(self, counts: np.ndarray) -> float:
        scores = self.per_class(counts)
        return sum(scores) / len(scores)

    def per_class(self, counts: np.ndarray) -> list[float]:
        from sklearn.metrics import f1_score

        true, predicted, weights = as_samples(counts)
        return f1_score(true, predicted, sample_weight=weights, average=None, zero_division=0).tolist()
