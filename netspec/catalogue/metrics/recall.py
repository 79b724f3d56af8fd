"""Share of the samples of a class that are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass, shares

if TYPE_CHECKING:
    import numpy as np


class Recall(PerClass):
    """Of the samples of a class, the share that are taken for it; the mean over the classes, equally weighted.

    A class without samples or predictions counts as 0, as in scikit-learn with zero_division=0.
    """

    examples: ClassVar = (Example("recall"),)

    def per_class(self, counts: np.ndarray) -> list[float]:
        return shares(counts.diagonal(), counts.sum(axis=1))
