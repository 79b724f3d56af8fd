"""Agreement beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OfCounts
from netspec.catalogue.python import Python, literal

if TYPE_CHECKING:
    import numpy as np


class CohenKappa(OfCounts):
    """How much better the predictions agree with the truth than if they were drawn, with the same frequencies.

    1 is full agreement, 0 is what chance gives (Cohen 1960). With `weights` a mistake counts by the distance of the
    two classes, or by its square: for classes that have an order. It is NaN where all samples and all predictions are
    of one class.
    """

    aliases: ClassVar = (
        "kappa",
        "cohen_kappa_score",
        "quadratic_weighted_kappa",
    )
    span: ClassVar = (-1.0, 1.0)
    examples: ClassVar = (Example("cohen_kappa"), Example("cohen_kappa(weights=quadratic)"))

    weights: Annotated[
        Literal["none", "linear", "quadratic"], Field(description="by what a mistake counts: alike, or by distance")
    ] = "none"

    def of_counts(self, counts: np.ndarray) -> float:
        return kappa(counts, self.weights)

    def python(self) -> Python:
        return Python(f"kappa(counts, {literal(self.weights)})", (f"{__name__}.kappa",))


def kappa(counts: np.ndarray, weights: str) -> float:
    """Cohen's kappa of a confusion matrix."""
    import numpy as np

    counts = counts.astype(np.float64)
    first, second = np.indices(counts.shape)
    distance = abs(first - second)
    penalties = {"none": distance > 0, "linear": distance, "quadratic": distance**2}[weights]
    at_random = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    expected = float((penalties * at_random).sum())
    return 1 - float((penalties * counts).sum()) / expected if expected else float("nan")
