"""Stop all but the best part of the trials, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_stops import Course, SearchStop
from netspec.catalogue.search_stops._rungs import falls
from netspec.catalogue.values import Epochs, Quantity


class Halving(SearchStop):
    """Asynchronous successive halving: at each rung the best of every `factor` trials go on.

    The first rung is at the epoch `after`, each other one `factor` times as late as the one before. It decides as
    Optuna's `SuccessiveHalvingPruner` does. It saves the most, and is hard on trials that begin slowly.
    """

    examples: ClassVar = (Example("halving"), Example("halving(after=2 epochs, factor=3)"))
    aliases: ClassVar = ("asha",)

    after: Annotated[Epochs, Field(description="the epoch of the first rung")] = Quantity(1, "epochs")
    factor: Annotated[int, Field(ge=2, le=1000, description="of how many trials one goes on")] = 4

    def first_epoch(self) -> int:
        return int(self.after.number)

    def is_hopeless(self, trial: Course, others: Sequence[Course], epochs: int) -> bool:
        return falls(trial, others, self.first_epoch(), self.factor)
