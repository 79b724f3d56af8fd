"""Largest distance of a prediction from the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MaxError(OfNumbers):
    """The largest abs(predicted - true), in the units of the target."""

    examples: ClassVar = (Example("max_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        return abs(predicted - true).max()

    def python(self) -> Python:
        return Python("abs(predicted - true).max()")
