"""Stop trials as successive halving does, some of them later than others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar
from zlib import crc32

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.search_stops import Course, SearchStop
from netspec.catalogue.search_stops._rungs import falls, rungs
from netspec.catalogue.values import Epochs, Quantity

STUDY = "netspec"
"""The name of the study of Optuna that shares out its trials in the same way."""


class Hyperband(SearchStop):
    """Hyperband: successive halving that begins later for some of the trials than for others.

    The trials are shared out to brackets, each of which begins `factor` times as late as the one before, so that trials
    that begin slowly have a chance too. It decides as Optuna's `HyperbandPruner` does for as many epochs as the
    training has.
    """

    examples: ClassVar = (Example("hyperband"), Example("hyperband(after=2 epochs, factor=2)"))

    after: Annotated[Epochs, Field(description="the epoch of the first rung of the first bracket")] = Quantity(
        1, "epochs"
    )
    factor: Annotated[int, Field(ge=2, le=1000, description="of how many trials one goes on")] = 3

    def first_epoch(self) -> int:
        return int(self.after.number)

    def is_hopeless(self, trial: Course, others: Sequence[Course], epochs: int) -> bool:
        starts = list(rungs(self.first_epoch(), self.factor, epochs))
        if not starts:
            return False
        bracket = self._bracket(trial.number, len(starts))
        peers = [other for other in others if self._bracket(other.number, len(starts)) == bracket]
        return falls(trial, peers, starts[bracket], self.factor)

    def _bracket(self, number: int, brackets: int) -> int:
        """The bracket of a trial, by a hash of its number: the earlier one stops, the more trials it has."""
        sizes = [-(-brackets * self.factor**left // (left + 1)) for left in reversed(range(brackets))]
        place = crc32(f"{STUDY}_{number - 1}".encode()) % sum(sizes)
        for bracket, size in enumerate(sizes):
            place -= size
            if place < 0:
                return bracket
        raise AssertionError("beyond all brackets")
