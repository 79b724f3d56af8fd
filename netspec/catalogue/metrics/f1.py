"""Harmonic mean of precision and recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class F1(PerClass):
    """2 * precision * recall / (precision + recall) of a class.

    A class without samples but with predictions, or the other way round, counts as 0; one with neither doesn't count,
    as in scikit-learn.
    """

    aliases: ClassVar = (
        "f1_score",
        "fscore",
    )
    examples: ClassVar = (Example("f1"), Example("f1(average=weighted)"))

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # the harmonic mean, with its fractions reduced: samples and predictions of a class, each counted
        return 2 * counts.diagonal(), counts.sum(axis=1) + counts.sum(axis=0)

    def python_parts(self) -> str:
        return "2 * counts.diagonal(), counts.sum(axis=1) + counts.sum(axis=0)"
