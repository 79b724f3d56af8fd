"""Squared distance of the probabilities from the truth."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfPredictions, Predictions


class BrierScore(OfPredictions):
    """The mean of (p - 1)² for the true class and p² for the others, summed over the classes (Brier 1950).

    With two classes it is halved, as is usual, so that it is (p - y)² of one of them.
    """

    aliases: ClassVar = (
        "brier",
        "brier_score_loss",
    )
    from_probabilities: ClassVar = True
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, 2.0)
    examples: ClassVar = (Example("brier_score"),)

    def of_predictions(self, predictions: Predictions) -> float:
        import numpy as np

        probabilities = predictions.scores
        given = np.take_along_axis(probabilities, predictions.targets[:, None], axis=1)[:, 0]
        squares = (probabilities**2).sum(axis=1) - 2 * given + 1
        return float(squares.mean()) / (2 if probabilities.shape[1] == 2 else 1)
