"""Distance between how sure the network is and how often it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.calibration import expected_error, reliability
from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Collector, Gathered, Metric, Result, Scored
from netspec.catalogue.values import PositiveInt

if TYPE_CHECKING:
    from torch import Tensor


class CalibrationError(Metric):
    """The expected calibration error: how far the probability of the predicted class is from the share that is right.

    The samples are put into `bins` of equal width by that probability, and the distances of the bins are weighted by
    how many samples they have (Naeini et al. 2015; Guo et al. 2017).
    """

    aliases: ClassVar = ("ece",)
    from_probabilities: ClassVar = True
    larger_is_better: ClassVar = False
    examples: ClassVar = (Example("calibration_error"), Example("calibration_error(bins=10)"))

    bins: Annotated[PositiveInt, Field(description="into how many parts the probabilities are cut")] = 15

    def start(self, kept: Collector) -> Result:
        confidences, right = kept.keep(Gathered, _confidences), kept.keep(Gathered, _right)
        return lambda: expected_error(reliability(confidences.values, right.values, self.bins))


def _confidences(batch: Scored) -> Tensor:
    """The probability [B] of the predicted class."""
    return batch.scores.amax(1)


def _right(batch: Scored) -> Tensor:
    """Whether the predicted class [B] is right."""
    return batch.decisions == batch.targets
