"""Mean distance of the predictions, as a share of the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MeanAbsolutePercentageError(OfNumbers):
    """The mean of abs(predicted - true) / abs(true), as a share: 0.1 is 10 %.

    A truth of 0 counts as 2.2e-16, as in scikit-learn, so that it outweighs all others.
    """

    aliases: ClassVar = ("mape",)
    examples: ClassVar = (Example("mean_absolute_percentage_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        import numpy as np

        return (abs(predicted - true) / np.maximum(abs(true), np.finfo(np.float64).eps)).mean()

    def python(self) -> Python:
        return Python("(abs(predicted - true) / np.maximum(abs(true), np.finfo(np.float64).eps)).mean()")
