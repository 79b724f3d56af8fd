"""How the trained network is judged."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.metrics import Metric
from netspec.catalogue.metrics.accuracy import Accuracy
from netspec.catalogue.metrics.f1 import F1
from netspec.catalogue.metrics.precision import Precision
from netspec.catalogue.metrics.recall import Recall
from netspec.catalogue.sections import Section


class Evaluate(Section):
    """What is measured on the validation split after each epoch, and on the test split at the end."""

    examples: ClassVar = (Example("evaluate { metrics = [accuracy, f1] }"),)

    metrics: Annotated[tuple[Metric, ...], Field(description="what is measured beside the loss")] = (
        Accuracy(),
        Precision(),
        Recall(),
        F1(),
    )
    per_class: Annotated[bool, Field(description="report every class by itself, with the worst one marked")] = True
