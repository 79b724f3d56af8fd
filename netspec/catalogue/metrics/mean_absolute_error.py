"""Mean distance of the predictions from the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MeanAbsoluteError(OfNumbers):
    """The mean of abs(predicted - true), in the units of the target."""

    aliases: ClassVar = (
        "mae",
        "l1",
    )
    examples: ClassVar = (Example("mean_absolute_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        return abs(predicted - true).mean()

    def python(self) -> Python:
        return Python("abs(predicted - true).mean()")
