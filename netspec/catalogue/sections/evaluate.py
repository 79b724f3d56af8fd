"""How the trained network is judged."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example, find
from netspec.catalogue.metrics import Metric
from netspec.catalogue.sections import Section
from netspec.catalogue.targets import Target


class Evaluate(Section):
    """What is measured on the validation split after each epoch, and on the test split at the end."""

    order: ClassVar = 40
    examples: ClassVar = (Example("evaluate { metrics = [accuracy, f1] }"),)

    metrics: Annotated[
        tuple[Metric, ...] | None,
        Field(
            description="what is measured beside the loss; by default accuracy, precision, recall and f1 of classes, "
            "mean_absolute_error and r2 of numbers"
        ),
    ] = None
    per_class: Annotated[bool, Field(description="report every class by itself, with the worst one marked")] = True
    test: Annotated[
        bool,
        Field(
            description="evaluate the trained network on the test split; with `false` that is left for later, and the "
            "validation split takes its place"
        ),
    ] = True

    def split_of(self, validation: int, test: int) -> Literal["test", "validation"] | None:
        """The split that a trained network is evaluated on in the end, of splits with so many samples: validation where
        there is no test split, or where it isn't to be looked at."""
        return "test" if test and self.test else "validation" if validation else None

    def metrics_for(self, target: Target) -> tuple[Metric, ...]:
        """The metrics that are written, or the usual ones for such targets."""
        if self.metrics is not None:
            return self.metrics
        found = (find(Metric, name) for name in target.usual_metrics)
        return tuple(metric() for metric in found if metric is not None)
