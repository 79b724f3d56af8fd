"""Root of the mean squared distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfNumbers
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class RootMeanSquaredError(OfNumbers):
    """The root of the mean of (predicted - true)², in the units of the target."""

    aliases: ClassVar = ("rmse",)
    examples: ClassVar = (Example("root_mean_squared_error"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        return ((predicted - true) ** 2).mean() ** 0.5

    def python(self) -> Python:
        return Python("((predicted - true) ** 2).mean() ** 0.5")
