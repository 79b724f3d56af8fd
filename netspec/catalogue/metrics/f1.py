"""Harmonic mean of precision and recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass, shares

if TYPE_CHECKING:
    import numpy as np


class F1(PerClass):
    """2 * precision * recall / (precision + recall) of a class; the mean over the classes, equally weighted.

    A class without samples or predictions counts as 0, as in scikit-learn with zero_division=0.
    """

    examples: ClassVar = (Example("f1"),)

    def per_class(self, counts: np.ndarray) -> list[float]:
        # the harmonic mean, with its fractions reduced: samples and predictions of a class, each counted
        return shares(2 * counts.diagonal(), counts.sum(axis=1) + counts.sum(axis=0))
