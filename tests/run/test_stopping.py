"""Early stopping, as tables of values and what they lead to."""

from __future__ import annotations

from math import inf, nan

import pytest

from netspec.catalogue.stops.early_stopping import EarlyStopping
from netspec.catalogue.values import Quantity
from netspec.runner.stopping import Standing, StoppingRule


def follow(rule: StoppingRule, values: list[float]) -> tuple[int | None, int | None]:
    """The epoch in which the rule stops and the best epoch until then."""
    standing = Standing()
    for epoch, value in enumerate(values, start=1):
        standing = rule.observe(standing, epoch, value)
        if rule.reached(standing):
            return epoch, standing.best_epoch
    return None, standing.best_epoch


LOSS = StoppingRule("validation.loss", patience=2)
ACCURACY = StoppingRule("validation.accuracy", larger_is_better=True, patience=2)
STRICT = StoppingRule("validation.loss", min_delta=0.1, patience=2)


@pytest.mark.parametrize(
    ("rule", "values", "stops", "best"),
    [
        (LOSS, [3, 2, 1], None, 3),
        (LOSS, [1, 2, 3], 3, 1),
        (LOSS, [1, 2, 0.5, 1, 1], 5, 3),  # a better value starts the waiting anew
        (LOSS, [1, 1, 1], 3, 1),  # the same isn't better
        (ACCURACY, [0.1, 0.2, 0.3], None, 3),
        (ACCURACY, [0.3, 0.2, 0.1], 3, 1),
        (STRICT, [1, 0.95, 0.91], 3, 1),  # better, but not by enough
        (STRICT, [1, 0.95, 0.89], None, 3),  # small steps add up: each is held against the best
        (STRICT, [1, 0.75, 0.7, 0.66], 4, 2),
        (LOSS, [nan, nan], 2, None),  # not a number is never better, not even than nothing
        (LOSS, [nan, 1, nan, nan], 4, 2),
        (LOSS, [inf, 1], None, 2),
        (ACCURACY, [1, nan, inf], None, 3),
    ],
)
def test_it_stops_when_it_waited_for_as_long_as_it_was_told(rule, values, stops, best):
    assert follow(rule, values) == (stops, best)


def test_without_patience_it_marks_the_best_and_never_stops():
    assert follow(StoppingRule("validation.loss"), [1, 2, 3, 4, 5, 6, 7]) == (None, 1)


def test_without_anything_to_watch_the_last_is_the_best():
    assert follow(StoppingRule(None), [0, 0, 0]) == (None, 3)


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
def test_auto_knows_from_the_name_whether_larger_is_better(make_program, monitor, mode, larger):
    stop = EarlyStopping(monitor=monitor, mode=mode, patience=Quantity(7, "epochs"), min_delta=0.5, restore_best=False)
    rule = StoppingRule.of(make_program(train={"stop": stop}), validates=True)
    assert rule == StoppingRule(monitor, larger, 0.5, 7, False)


def test_without_a_stop_the_validation_loss_marks_the_best_and_the_last_weights_stay(make_program):
    assert StoppingRule.of(make_program(), validates=True) == StoppingRule("validation.loss", restore_best=False)
    assert StoppingRule.of(make_program(), validates=False).monitor is None


def test_it_says_why_it_stopped():
    standing = Standing(0.0712, 4, 3)
    assert LOSS.reason(standing) == "no better validation.loss for 3 epochs; the best was 0.0712 in epoch 4"
