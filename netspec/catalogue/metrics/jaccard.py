"""Overlap of a class with what is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class Jaccard(PerClass):
    """The samples that are of a class and taken for it, over those that are either; intersection over union.

    A class without samples but with predictions, or the other way round, counts as 0; one with neither doesn't count,
    as in scikit-learn.
    """

    aliases: ClassVar = ("jaccard_score",)
    examples: ClassVar = (Example("jaccard"),)

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        both = counts.diagonal()
        return both, counts.sum(axis=1) + counts.sum(axis=0) - both

    def python_parts(self) -> str:
        return "counts.diagonal(), counts.sum(axis=1) + counts.sum(axis=0) - counts.diagonal()"
