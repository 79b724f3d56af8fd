"""Calibration: how sure predictions are, against how often they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Bins = tuple["np.ndarray", "np.ndarray", "np.ndarray"]
"""For each bin, [bins]: the sum of the probabilities of the predicted classes, how many of them are right, and how many
samples it has."""


def reliability(confidences: np.ndarray, right: np.ndarray, bins: int) -> Bins:
    """The bins of samples [N], by the probability of the predicted class and whether it is right."""
    import numpy as np

    confidences = confidences.astype(np.float64)
    # a bin has its upper end, so that full confidence isn't alone
    index = np.clip(np.ceil(confidences * bins).astype(np.int64) - 1, 0, bins - 1)
    return np.bincount(index, confidences, bins), np.bincount(index, right, bins), np.bincount(index, minlength=bins)


def expected_error(found: Bins) -> float:
    """The expected calibration error of some bins."""
    confidence, right, samples = found
    return float(abs(right - confidence).sum() / samples.sum())
