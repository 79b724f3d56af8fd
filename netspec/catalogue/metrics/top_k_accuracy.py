"""Share of samples whose class is among the most probable ones."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions
from netspec.catalogue.values import PositiveInt


class TopKAccuracy(Metric):
    """The share of samples whose class is among the `k` most probable ones.

    Of classes that are equally probable the later one comes first, as in scikit-learn.
    """

    from_probabilities: ClassVar = True
    positional: ClassVar = ("k",)
    examples: ClassVar = (Example("top_k_accuracy(3)"),)

    k: Annotated[PositiveInt, Field(description="how many classes are looked at")]

    def compute(self, predictions: Predictions) -> float:
        import numpy as np

        best = np.argsort(predictions.scores, axis=1, kind="stable")[:, -self.k :]
        return float((best == predictions.targets[:, None]).any(axis=1).mean())
