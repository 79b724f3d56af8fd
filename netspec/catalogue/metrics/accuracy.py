"""Share of right answers."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions


class Accuracy(Metric):
    """The share of samples whose class is predicted rightly."""

    examples: ClassVar = (Example("accuracy"),)

    def compute(self, predictions: Predictions) -> float:
        return float((predictions.targets == predictions.predictions).mean())
