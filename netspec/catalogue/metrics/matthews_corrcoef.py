"""Correlation of the predicted classes with the true ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfCounts
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class MatthewsCorrcoef(OfCounts):
    """The Matthews correlation coefficient: 1 is perfect, 0 no better than chance, whatever the size of the classes.

    Of several classes it is Gorodkin's R_K (2004). Where all samples or all predictions are of one class it is 0, as in
    scikit-learn.
    """

    aliases: ClassVar = ("mcc",)
    span: ClassVar = (-1.0, 1.0)
    examples: ClassVar = (Example("matthews_corrcoef"),)

    def of_counts(self, counts: np.ndarray) -> float:
        return correlation(counts)

    def python(self) -> Python:
        return Python("correlation(counts)", (f"{__name__}.correlation",))


def correlation(counts: np.ndarray) -> float:
    """The correlation coefficient of a confusion matrix."""
    import numpy as np

    counts = counts.astype(np.float64)
    true, predicted, samples = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    together = counts.trace() * samples - true @ predicted
    spread = (samples**2 - true @ true) * (samples**2 - predicted @ predicted)
    return float(together / np.sqrt(spread)) if spread else 0.0
