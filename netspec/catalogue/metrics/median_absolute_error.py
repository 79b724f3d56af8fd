"""Median distance of the predictions from the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MedianAbsoluteError(OfNumbers):
    """The median of abs(predicted - true), in the units of the target; a few bad misses don't move it."""

    examples: ClassVar = (Example("median_absolute_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        import numpy as np

        return float(np.median(abs(predicted - true)))

    def python(self) -> Python:
        return Python("np.median(abs(predicted - true))")
