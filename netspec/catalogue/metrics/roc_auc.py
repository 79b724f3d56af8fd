"""Area under the receiver operating characteristic."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import OneAgainstRest
from netspec.catalogue.python import Python, literal
from netspec.catalogue.thresholds import roc_auc

if TYPE_CHECKING:
    import numpy as np


class RocAuc(OneAgainstRest):
    """How probable it is that a sample of a class is thought more likely to be of it than one of another class.

    The area under the curve of the true positives over the false ones; 0.5 is what chance gives. Each class is taken
    against all others.
    """

    aliases: ClassVar = (
        "auc",
        "auroc",
        "roc_auc_score",
    )
    examples: ClassVar = (Example("roc_auc"), Example("roc_auc(average=weighted)"))

    def score(self, positive: np.ndarray, probabilities: np.ndarray) -> float:
        return roc_auc(positive, probabilities)

    def python(self) -> Python:
        copied = ("netspec.catalogue.metrics.against_rest", "netspec.catalogue.thresholds.roc_auc")
        return Python(f"against_rest(roc_auc, true, probabilities, {literal(self.average)})", copied)
