"""Thresholds: which samples are of a class, if those are whose probability is at or above one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def threshold_counts(positive: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The thresholds [T] from the most probable down, with how many samples of the class [T], and how many others, are
    at or above each; samples that are equally probable share a step."""
    import numpy as np

    order = np.argsort(-probabilities, kind="stable")
    probabilities, positive = probabilities[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(probabilities)), len(probabilities) - 1)
    right = np.cumsum(positive)[last]
    return probabilities[last], right, last + 1 - right


def roc_auc(positive: np.ndarray, probabilities: np.ndarray) -> float:
    """The area under the curve of the true positives over the false ones."""
    import numpy as np

    _, right, wrong = threshold_counts(positive, probabilities)
    right, wrong = np.append(0, right), np.append(0, wrong)
    return float(np.trapezoid(right / right[-1], wrong / wrong[-1]))


def average_precision(positive: np.ndarray, probabilities: np.ndarray) -> float:
    """The precision at each threshold, weighted by how much recall it adds."""
    import numpy as np

    _, right, wrong = threshold_counts(positive, probabilities)
    return float((np.diff(right, prepend=0) / right[-1] * right / (right + wrong)).sum())
