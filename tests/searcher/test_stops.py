"""Search stops decide as Optuna's pruners do on the same history."""

from __future__ import annotations

import pytest

from netspec.catalogue.entry import entries
from netspec.catalogue.search_stops import Course, SearchStop
from tests.searcher.toy import stop
from tests.searcher.with_optuna import PAIRS, compare, epochs


@pytest.mark.parametrize("name", PAIRS)
def test_a_stop_decides_as_the_pruner_of_optuna_does_after_every_epoch(name: str) -> None:
    assert sum(compare(name, number) for number in range(6)) > 20


@pytest.mark.parametrize("entry", entries(SearchStop), ids=lambda entry: entry.name())
def test_no_trial_is_stopped_before_the_first_epoch_that_is_said(entry: type[SearchStop]) -> None:
    rule = entry.model_validate({"after": epochs(3)})
    assert rule.first_epoch() == 3
    others = [Course(number, dict.fromkeys(range(1, 10), 0.0), complete=True) for number in range(1, 60)]
    behind = [dict.fromkeys(range(1, epoch + 1), 1.0) for epoch in range(1, 4)]
    asked = [any(rule.is_hopeless(Course(n, course), others, 9) for n in range(60, 90)) for course in behind]
    assert asked == [False, False, True]


@pytest.mark.parametrize("entry", entries(SearchStop), ids=lambda entry: entry.name())
def test_nothing_is_hopeless_while_there_is_nothing_to_compare_with(entry: type[SearchStop]) -> None:
    assert not any(entry().is_hopeless(Course(1, dict.fromkeys(range(1, epoch), 5.0)), [], 9) for epoch in range(1, 10))


def test_the_brackets_of_hyperband_are_counted_in_whole_numbers() -> None:
    """log(243) / log(3) is a bit less than 5 in floating point: the last of six brackets would be missing."""
    rule = stop("hyperband")
    others = [Course(number, dict.fromkeys(range(1, 244), 0.0), complete=True) for number in range(1, 300)]

    def first_stopped(number: int) -> int:
        courses = (dict.fromkeys(range(1, epoch + 1), 1.0) for epoch in (1, 3, 9, 27, 81, 243))
        return next(max(course) for course in courses if rule.is_hopeless(Course(number, course), others, 243))

    assert {first_stopped(number) for number in range(300, 500)} == {1, 3, 9, 27, 81, 243}
