"""Share of right answers, whatever the size of the classes."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions


class BalancedAccuracy(Metric):
    """The mean over the classes of the share of their samples that are predicted rightly.

    Classes without samples are left out, as in scikit-learn.
    """

    examples: ClassVar = (Example("balanced_accuracy"),)

    def compute(self, predictions: Predictions) -> float:
        support = predictions.counts.sum(axis=1)
        return float((predictions.counts.diagonal()[support > 0] / support[support > 0]).mean())
