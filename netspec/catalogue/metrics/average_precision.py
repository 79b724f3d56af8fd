"""Area under the curve of precision over recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OneAgainstRest, steps

if TYPE_CHECKING:
    import numpy as np


class AveragePrecision(OneAgainstRest):
    """The precision at each threshold, weighted by how much recall it adds: the area under the precision-recall curve.

    Chance gives the share of the class. Each class is taken against all others.
    """

    examples: ClassVar = (Example("average_precision"), Example("average_precision(average=weighted)"))

    def score(self, positive: np.ndarray, probabilities: np.ndarray) -> float:
        import numpy as np

        _, right, wrong = steps(positive, probabilities)
        return float((np.diff(right, prepend=0) / right[-1] * right / (right + wrong)).sum())
