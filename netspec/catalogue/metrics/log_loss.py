"""Negative logarithm of the probability of the true class."""

from __future__ import annotations

from math import inf
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions


class LogLoss(Metric):
    """The mean of -log(p), p being the probability that the true class was given; also called cross-entropy.

    It is what the training makes small with `cross_entropy`, without what smoothing, weights and penalties add. A
    probability of 0 counts as 2.2e-16, as in scikit-learn.
    """

    from_probabilities: ClassVar = True
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, inf)
    examples: ClassVar = (Example("log_loss"),)

    def compute(self, predictions: Predictions) -> float:
        import numpy as np

        given = np.take_along_axis(predictions.scores, predictions.targets[:, None], axis=1).astype(np.float64)
        return float(-np.log(given.clip(np.finfo(np.float64).eps, 1)).mean())
