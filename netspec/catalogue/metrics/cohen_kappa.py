"""Agreement beyond chance."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric, Predictions


class CohenKappa(Metric):
    """How much better the predictions agree with the truth than if they were drawn, with the same frequencies.

    1 is full agreement, 0 is what chance gives (Cohen 1960). With `weights` a mistake counts by the distance of the
    two classes, or by its square: for classes that have an order. It is NaN where all samples and all predictions are
    of one class.
    """

    span: ClassVar = (-1.0, 1.0)
    examples: ClassVar = (Example("cohen_kappa"), Example("cohen_kappa(weights=quadratic)"))

    weights: Annotated[
        Literal["none", "linear", "quadratic"], Field(description="by what a mistake counts: alike, or by distance")
    ] = "none"

    def compute(self, predictions: Predictions) -> float:
        import numpy as np

        counts = predictions.counts.astype(np.float64)
        first, second = np.indices(counts.shape)
        distance = abs(first - second)
        costs = {"none": distance > 0, "linear": distance, "quadratic": distance**2}[self.weights]
        by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
        expected = float((costs * by_chance).sum())
        return 1 - float((costs * counts).sum()) / expected if expected else float("nan")
