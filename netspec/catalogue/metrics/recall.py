"""Share of the samples of a class that are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class Recall(PerClass):
    """Of the samples of a class, the share that are taken for it; also called sensitivity.

    A class without samples but with predictions, or the other way round, counts as 0; one with neither doesn't count,
    as in scikit-learn.
    """

    aliases: ClassVar = (
        "sensitivity",
        "tpr",
        "recall_score",
    )
    examples: ClassVar = (Example("recall"), Example("recall(average=weighted)"))

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return counts.diagonal(), counts.sum(axis=1)

    def python_parts(self) -> str:
        return "counts.diagonal(), counts.sum(axis=1)"
