"""Stop trials that are worse than the median."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import median
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_stops import Course, SearchStop
from netspec.catalogue.values import Epochs, PositiveInt, Quantity


class Median(SearchStop):
    """Stop a trial whose best value so far is worse than the median of the complete trials at the same epoch.

    It decides as Optuna's `MedianPruner` does.
    """

    examples: ClassVar = (Example("median(after=3 epochs)"), Example("median(after=5 epochs, startup_trials=10)"))

    after: Annotated[Epochs, Field(description="the first epoch after which a trial may be stopped")] = Quantity(
        1, "epochs"
    )
    startup_trials: Annotated[PositiveInt, Field(description="how many trials are complete before any is stopped")] = 5

    def first_epoch(self) -> int:
        return int(self.after.number)

    def is_hopeless(self, trial: Course, others: Sequence[Course], epochs: int) -> bool:
        complete = [other for other in others if other.complete]
        if len(complete) < self.startup_trials or trial.epoch < self.first_epoch():
            return False
        own = [cost for cost in trial.costs.values() if not isnan(cost)]
        if not own:
            return True
        theirs = [other.costs[trial.epoch] for other in complete if trial.epoch in other.costs]
        theirs = [cost for cost in theirs if not isnan(cost)]
        return bool(theirs) and min(own) > median(theirs)
