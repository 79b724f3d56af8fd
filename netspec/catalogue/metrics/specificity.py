"""Share of the samples of other classes that aren't taken for a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class Specificity(PerClass):
    """Of the samples of all other classes, the share that aren't taken for the class.

    A class that has all the samples counts as 0.
    """

    aliases: ClassVar = ("tnr",)
    examples: ClassVar = (Example("specificity"),)

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        others = counts.sum() - counts.sum(axis=1)
        return others - (counts.sum(axis=0) - counts.diagonal()), others

    def python_parts(self) -> str:
        others = "counts.sum() - counts.sum(axis=1)"
        return f"{others} - (counts.sum(axis=0) - counts.diagonal()), {others}"
