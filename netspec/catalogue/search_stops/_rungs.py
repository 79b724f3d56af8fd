"""Rungs: the epochs at which trials are compared, each so many times as late as the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from netspec.catalogue.search_stops import Course


def falls(trial: Course, others: Sequence[Course], first: int, factor: int) -> bool:
    """Whether the last epoch of a trial is a rung at which it isn't among the best of every `factor` trials; the rungs
    are at the `first` epoch, `factor` times as late, and so on."""
    epoch = trial.epoch
    if epoch not in rungs(first, factor, epoch):
        return False
    own = trial.costs[epoch]
    theirs = (other.costs[epoch] for other in others if epoch in other.costs)
    costs = sorted([own, *(cost for cost in theirs if not isnan(cost))])
    # of fewer trials than that, the best one goes on
    return isnan(own) or own > costs[max(len(costs) // factor, 1) - 1]


def rungs(first: int, factor: int, last: int) -> Iterator[int]:
    """The rungs up to an epoch."""
    while first <= last:
        yield first
        first *= factor
