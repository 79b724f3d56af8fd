"""Rungs: the epochs at which trials are compared, each so many times as late as the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from netspec.catalogue.search_stops import Course


def falls(trial: Course, others: Sequence[Course], first: int, factor: int) -> bool:
    """Whether a trial isn't among the best of every `factor` trials at a rung that it reached with its last epoch; the
    rungs are at the `first` epoch, `factor` times as late, and so on."""
    return any(
        trial.reached(rung) == trial.epoch and not _is_promoted(trial, others, rung, factor)
        for rung in rungs(first, factor, trial.epoch)
    )


def rungs(first: int, factor: int, last: int) -> Iterator[int]:
    """The rungs up to an epoch."""
    while first <= last:
        yield first
        first *= factor


def _is_promoted(trial: Course, others: Sequence[Course], rung: int, factor: int) -> bool:
    own = trial.costs[trial.epoch]
    if isnan(own):
        return False
    reached = ((other, other.reached(rung)) for other in others)
    theirs = [other.costs[epoch] for other, epoch in reached if epoch is not None]
    costs = sorted([own, *(cost for cost in theirs if not isnan(cost))])
    # of fewer trials than that, the best one
    return own <= costs[max(len(costs) // factor, 1) - 1]
