"""Share of right answers, whatever the size of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfCounts
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class BalancedAccuracy(OfCounts):
    """The mean over the classes of the share of their samples that are predicted rightly.

    Classes without samples are left out, as in scikit-learn.
    """

    aliases: ClassVar = ("balanced_accuracy_score",)
    examples: ClassVar = (Example("balanced_accuracy"),)

    def of_counts(self, counts: np.ndarray) -> float:
        support = counts.sum(axis=1)
        return float((counts.diagonal()[support > 0] / support[support > 0]).mean())

    def python(self) -> Python:
        there = "counts.sum(axis=1) > 0"
        return Python(f"(counts.diagonal()[{there}] / counts.sum(axis=1)[{there}]).mean()")
