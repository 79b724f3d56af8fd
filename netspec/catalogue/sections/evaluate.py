"""How the trained network is judged."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric
from netspec.catalogue.metrics.accuracy import Accuracy
from netspec.catalogue.metrics.f1 import F1
from netspec.catalogue.metrics.mean_absolute_error import MeanAbsoluteError
from netspec.catalogue.metrics.precision import Precision
from netspec.catalogue.metrics.r2 import R2
from netspec.catalogue.metrics.recall import Recall
from netspec.catalogue.sections import Section
from netspec.catalogue.types import Classes, Target


class Evaluate(Section):
    """What is measured on the validation split after each epoch, and on the test split at the end."""

    examples: ClassVar = (Example("evaluate { metrics = [accuracy, f1] }"),)

    metrics: Annotated[
        tuple[Metric, ...] | None,
        Field(
            description="what is measured beside the loss; by default accuracy, precision, recall and f1 of classes, "
            "mean_absolute_error and r2 of numbers"
        ),
    ] = None
    per_class: Annotated[bool, Field(description="report every class by itself, with the worst one marked")] = True

    def measured(self, target: Target) -> tuple[Metric, ...]:
        """The metrics that are written, or the usual ones for targets of that kind."""
        if self.metrics is not None:
            return self.metrics
        if isinstance(target, Classes):
            return Accuracy(), Precision(), Recall(), F1()
        return MeanAbsoluteError(), R2()
