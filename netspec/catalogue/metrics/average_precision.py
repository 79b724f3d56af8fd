"""Area under the curve of precision over recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OneAgainstRest
from netspec.catalogue.python import Python, literal
from netspec.catalogue.thresholds import average_precision

if TYPE_CHECKING:
    import numpy as np


class AveragePrecision(OneAgainstRest):
    """The precision at each threshold, weighted by how much recall it adds: the area under the precision-recall curve.

    Chance gives the share of the class. Each class is taken against all others.
    """

    aliases: ClassVar = (
        "ap",
        "auprc",
        "pr_auc",
        "average_precision_score",
    )
    examples: ClassVar = (Example("average_precision"), Example("average_precision(average=weighted)"))

    def score(self, positive: np.ndarray, probabilities: np.ndarray) -> float:
        return average_precision(positive, probabilities)

    def python(self) -> Python:
        copied = ("netspec.catalogue.metrics.against_rest", "netspec.catalogue.thresholds.average_precision")
        return Python(f"against_rest(average_precision, true, probabilities, {literal(self.average)})", copied)
