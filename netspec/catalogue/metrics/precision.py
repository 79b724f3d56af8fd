"""Share of the predictions of a class that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, as_samples

if TYPE_CHECKING:
    import numpy as np


class Precision(Metric):
    """Of the samples that are taken for a class, the share that are of it; the mean over the classes, equally weighted.

    A class without samples or predictions counts as 0, as in scikit-learn with zero_division=0.
    """

    examples: ClassVar = (Example("precision"),)

    def compute(self, counts: np.ndarray) -> float:
        scores = self.per_class(counts)
        return sum(scores) / len(scores)

    def per_class(self, counts: np.ndarray) -> list[float]:
        from sklearn.metrics import precision_score

        true, predicted, weights = as_samples(counts)
        return precision_score(true, predicted, sample_weight=weights, average=None, zero_division=0).tolist()
