"""Negative logarithm of the probability of the true class."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Collector, Gathered, Metric, Result, Scored
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class LogLoss(Metric):
    """The mean of -log(p), p being the probability that the true class was given; also called cross-entropy.

    It is what the training makes small with `cross_entropy`, without what smoothing, weights and penalties add. A
    probability of 0 counts as 2.2e-16, as in scikit-learn.
    """

    aliases: ClassVar = (
        "cross_entropy",
        "nll",
    )
    from_probabilities: ClassVar = True
    larger_is_better: ClassVar = False
    span: ClassVar = (0.0, inf)
    examples: ClassVar = (Example("log_loss"),)

    def start(self, kept: Collector) -> Result:
        import numpy as np

        given = kept.keep(Gathered, _of_true_class)

        def result() -> float:
            return float(-np.log(given.values.clip(np.finfo(np.float64).eps, 1)).mean())

        return result

    def python(self) -> Python:
        given = "np.take_along_axis(probabilities, true[:, None], axis=1)"
        return Python(f"-np.log({given}.clip(np.finfo(np.float64).eps, 1)).mean()")


def _of_true_class(batch: Scored) -> Tensor:
    """The probability [B] of the class that each sample has."""
    return batch.scores.gather(1, batch.targets.unsqueeze(1))
