"""Train the best trials again, with other seeds."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.confirmations import Confirmation
from netspec.catalogue.entry import Example
from netspec.catalogue.values import MOST_RUNS


class Top(Confirmation):
    """Train the `count` best trials again, each with several seeds that the search has not used.

    The best of many trials is partly luck. The means over new seeds, with their intervals, show which setting is best
    and whether it is better than the next; the network of the best one is then evaluated once on the test split.
    """

    positional: ClassVar = ("count",)
    examples: ClassVar = (Example("top(3)"), Example("top(1, seeds=10)"))

    count: Annotated[int, Field(gt=0, le=MOST_RUNS, description="number of best trials")]
    seeds: Annotated[int, Field(ge=2, le=MOST_RUNS, description="number of seeds for each, and so of runs")] = 5

    @property
    def trials(self) -> int:
        return self.count

    @property
    def runs(self) -> int:
        return self.seeds
