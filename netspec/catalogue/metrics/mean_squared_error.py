"""Mean squared distance of the predictions from the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MeanSquaredError(OfNumbers):
    """The mean of (predicted - true)², in the squared units of the target."""

    aliases: ClassVar = ("mse",)
    examples: ClassVar = (Example("mean_squared_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        return ((predicted - true) ** 2).mean()

    def python(self) -> Python:
        return Python("((predicted - true) ** 2).mean()")
