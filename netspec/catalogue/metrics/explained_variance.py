"""Share of the variance that is explained, whatever the predictions are off by on the whole."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import EXPLAINED, OfNumbers, explained
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class ExplainedVariance(OfNumbers):
    """1 - var(predicted - true) / var(true): as r2, but a distance that all predictions share doesn't count.

    Where all targets are the same it is 1 if the predictions are too and 0 if not, as in scikit-learn.
    """

    larger_is_better: ClassVar = True
    span: ClassVar = (-inf, 1.0)
    examples: ClassVar = (Example("explained_variance"),)

    def score(self, true: np.ndarray, predicted: np.ndarray) -> float | np.ndarray:
        difference = predicted - true
        return explained(difference - difference.mean(), true)

    def python(self) -> Python:
        missed = "predicted - true - (predicted - true).mean()"
        return Python(f"explained({missed}, true)", (EXPLAINED,))
