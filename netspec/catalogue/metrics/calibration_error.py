"""Distance between how sure the network is and how often it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions
from netspec.catalogue.values import PositiveInt

if TYPE_CHECKING:
    import numpy as np


class CalibrationError(Metric):
    """The expected calibration error: how far the probability of the predicted class is from the share that is right.

    The samples are put into `bins` of equal width by that probability, and the distances of the bins are weighted by
    how many samples they have (Naeini et al. 2015; Guo et al. 2017).
    """

    from_probabilities: ClassVar = True
    larger_is_better: ClassVar = False
    examples: ClassVar = (Example("calibration_error"), Example("calibration_error(bins=10)"))

    bins: Annotated[PositiveInt, Field(description="into how many parts the probabilities are cut")] = 15

    def compute(self, predictions: Predictions) -> float:
        sure, right, _ = reliability(predictions, self.bins)
        return float(abs(right - sure).sum() / len(predictions.targets))


def reliability(predictions: Predictions, bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each bin, [bins]: the sum of the probabilities of the predicted classes, how many of them are right, and how
    many samples it has."""
    import numpy as np

    sure = predictions.scores.max(axis=1).astype(np.float64)
    right = predictions.predictions == predictions.targets
    # a bin has its upper end, so that what is quite sure isn't alone
    place = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    return np.bincount(place, sure, bins), np.bincount(place, right, bins), np.bincount(place, minlength=bins)
