"""Thresholds: which samples are of a class, if those are whose probability is at or above one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


SATURATED = 1 - 1e-9
"""The probability above which what is left of 1 has lost most of its digits."""


def ranked(probabilities: np.ndarray, number: int) -> np.ndarray:
    """Scores [N] in the order of the probabilities of a class, a column of [N, classes].

    Where those are nearly 1 they are ordered by the sum of the other probabilities, which float64 holds down to 1e-308:
    the probabilities themselves are tied there, though the outputs of the network aren't.
    """
    import numpy as np

    scores = probabilities[:, number].copy()
    rows = np.flatnonzero(scores > SATURATED)
    others = np.delete(probabilities[rows], number, axis=1).sum(axis=1)
    # above 1, as minus the logarithm of 1 - SATURATED is
    scores[rows] = -np.log(others.clip(np.finfo(np.float64).tiny, 1 - SATURATED))
    return scores


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
