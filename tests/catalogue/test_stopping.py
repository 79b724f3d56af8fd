"""When training stops and which epoch is the best, as tables of values and what they lead to."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from netspec.catalogue.stopping import Standing
from netspec.catalogue.stopping.early_stopping import EarlyStopping
from netspec.catalogue.values import Quantity


def stopping(split_value: str, patience: int = 2, **settings: Any) -> EarlyStopping:
    return EarlyStopping(monitor=split_value, patience=Quantity(patience, "epochs"), **settings)


def follow(stop: EarlyStopping, values: list[float]) -> tuple[int | None, int | None]:
    """The epoch in which it stops and the best epoch until then."""
    standing = Standing()
    for epoch, value in enumerate(values, start=1):
        standing = stop.observe(standing, epoch, {"train.loss": 7.0, stop.monitor: value})
        if stop.reason(standing) is not None:
            return epoch, standing.best_epoch
    return None, standing.best_epoch


LOSS = stopping("validation.loss")
ACCURACY = stopping("validation.accuracy")
SHARE = stopping("validation.loss", min_delta=Quantity(10, "%"))
LATER = stopping("validation.loss", start_from=Quantity(2, "epochs"))
STRICT = stopping("validation.loss", min_delta=0.1)


@pytest.mark.parametrize(
    ("stop", "values", "stops", "best"),
    [
        (LOSS, [3, 2, 1], None, 3),
        (LOSS, [1, 2, 3], 3, 1),
        (LOSS, [1, 2, 0.5, 1, 1], 5, 3),  # a better value starts the waiting anew
        (LOSS, [1, 1, 1], 3, 1),  # the same isn't better
        (ACCURACY, [0.1, 0.2, 0.3], None, 3),
        (ACCURACY, [0.3, 0.2, 0.1], 3, 1),
        (STRICT, [1, 0.95, 0.91], 3, 1),  # better, but not by enough: the smallest loss is not the best one
        (STRICT, [1, 0.95, 0.89], None, 3),  # small steps add up: each is held against the best
        (STRICT, [1, 0.75, 0.7, 0.66], 4, 2),
        (SHARE, [10, 9.5, 9.1], 3, 1),
        (SHARE, [10, 9.5, 8.9], None, 3),
        (LATER, [0.1, 0.1, 5, 6, 7], 5, 3),  # what comes before isn't the best, nor waited after
        (LOSS, [nan, nan], 2, None),  # not a number is never better, not even than nothing
        (LOSS, [nan, 1, nan, nan], 4, 2),
        (LOSS, [inf, 1], None, 2),
        (ACCURACY, [1, nan, inf], 3, 1),  # nor is infinity, which no checkpoint holds
    ],
)
def test_it_stops_when_it_waited_for_as_long_as_it_was_told(stop, values, stops, best):
    assert follow(stop, values) == (stops, best)


@pytest.mark.parametrize(
    ("monitor", "mode", "larger"),
    [
        ("validation.loss", "auto", False),
        ("train.loss", "auto", False),
        ("validation.accuracy", "auto", True),
        ("validation.f1", "auto", True),
        ("validation.loss", "max", True),
        ("validation.f1", "min", False),
    ],
)
def test_auto_knows_from_the_name_whether_larger_is_better(monitor, mode, larger):
    best = follow(stopping(monitor, mode=mode), [1, 2])[1]
    assert best == (2 if larger else 1)


def test_it_says_what_it_watches_and_whether_it_goes_back():
    assert (ACCURACY.watched(), ACCURACY.restores()) == ("validation.accuracy", True)
    assert not stopping("validation.loss", restore_best=False).restores()


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(0.0712, 4, 1), None),
        (Standing(0.0712, 4, 2), "no better validation.loss for 2 epochs; the best was 0.0712 in epoch 4"),
        (Standing(None, None, 2), "validation.loss was never a number in 2 epochs"),
    ],
)
def test_it_says_why_it_stops(standing, reason):
    assert LOSS.reason(standing) == reason
    one = stopping("validation.loss", patience=1).reason(Standing(1.0, 4, 1))
    assert one == "no better validation.loss for 1 epoch; the best was 1 in epoch 4"
