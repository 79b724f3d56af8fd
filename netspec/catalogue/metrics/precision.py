"""Share of the predictions of a class that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class Precision(PerClass):
    """Of the samples that are taken for a class, the share that are of it.

    A class without samples but with predictions, or the other way round, counts as 0; one with neither doesn't count,
    as in scikit-learn.
    """

    aliases: ClassVar = (
        "precision_score",
        "ppv",
    )
    examples: ClassVar = (Example("precision"), Example("precision(average=weighted)"))

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return counts.diagonal(), counts.sum(axis=0)

    def python_parts(self) -> str:
        return "counts.diagonal(), counts.sum(axis=0)"
