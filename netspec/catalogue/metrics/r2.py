"""Share of the variance that is explained."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import EXPLAINED, OfNumbers, explained
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class R2(OfNumbers):
    """1 - sum((predicted - true)²) / sum((true - mean)²): 1 is perfect, 0 as good as always saying the mean.

    Where all targets are the same it is 1 if they are hit and 0 if not, as in scikit-learn; of one sample it is NaN.
    """

    aliases: ClassVar = (
        "r2_score",
        "r_squared",
        "coefficient_of_determination",
    )
    larger_is_better: ClassVar = True
    span: ClassVar = (-inf, 1.0)
    examples: ClassVar = (Example("r2"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        return explained(predicted - true, true)

    def python(self) -> Python:
        return Python("explained(predicted - true, true)", (EXPLAINED,))
