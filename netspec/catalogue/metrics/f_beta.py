"""Mean of precision and recall, one of them weighing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import PerClass

if TYPE_CHECKING:
    import numpy as np


class FBeta(PerClass):
    """The harmonic mean of precision and recall of a class in which recall weighs `beta` times as much.

    It is (1 + beta²) * precision * recall / (beta² * precision + recall). A class without
    samples but with predictions, or the other way round, counts as 0; one with neither doesn't count, as in
    scikit-learn.
    """

    aliases: ClassVar = (
        "fbeta",
        "fbeta_score",
    )
    positional: ClassVar = ("beta",)
    examples: ClassVar = (Example("f_beta(2)"), Example("f_beta(0.5, average=weighted)"))

    beta: Annotated[float, Field(gt=0, allow_inf_nan=False, description="how many times as much recall weighs")]

    def parts(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        square = self.beta**2
        return (1 + square) * counts.diagonal(), square * counts.sum(axis=1) + counts.sum(axis=0)

    def python_parts(self) -> str:
        square = self.beta**2
        whole = f"{square!r} * counts.sum(axis=1) + counts.sum(axis=0)"
        return f"{1 + square!r} * counts.diagonal(), {whole}"
