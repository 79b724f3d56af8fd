"""Share of right answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfCounts
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    import numpy as np


class Accuracy(OfCounts):
    """The share of samples whose class is predicted rightly."""

    aliases: ClassVar = (
        "acc",
        "accuracy_score",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "binary_accuracy",
    )
    examples: ClassVar = (Example("accuracy"),)

    def of_counts(self, counts: np.ndarray) -> float:
        return float(counts.trace() / counts.sum())

    def python(self) -> Python:
        return Python("counts.trace() / counts.sum()")
