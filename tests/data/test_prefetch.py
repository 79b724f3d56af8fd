"""Batches that threads make ahead are those that would have been made in turn."""

from __future__ import annotations

import threading
import time
from itertools import islice

import pytest

from netspec.data.prefetch import BATCHES_IN_FLIGHT, prefetch


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_results_come_in_the_order_of_their_items(threads: int) -> None:
    def slower_at_first(item: int) -> int:
        time.sleep(0.002 * (10 - item))
        return item * item

    assert list(prefetch(slower_at_first, range(10), threads)) == [item * item for item in range(10)]


def test_only_few_are_made_ahead() -> None:
    made: list[int] = []
    results = prefetch(lambda item: made.append(item) or item, range(1000), 2)
    assert list(islice(results, 3)) == [0, 1, 2]
    assert len(made) <= 3 + 2 * BATCHES_IN_FLIGHT + 1
    results.close()


@pytest.mark.parametrize("threads", [0, 2])
def test_an_error_comes_where_its_result_would_have_come(threads: int) -> None:
    results = prefetch(lambda item: 1 // (item - 3), range(6), threads)
    assert list(islice(results, 3)) == [-1, -1, -1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_thread_is_left_when_nobody_asks_any_more() -> None:
    before = threading.active_count()
    results = prefetch(lambda item: item, range(100), 4)
    next(results)
    results.close()
    assert threading.active_count() == before
