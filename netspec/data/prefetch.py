"""Batches that are made ahead by threads while the network is trained on those before them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

BATCHES_IN_FLIGHT = 2
"""How many results are made ahead for each thread."""


def prefetch(make: Callable[[T], R], items: Iterable[T], threads: int) -> Generator[R]:
    """What is made of each item, in their order; without threads each when it is asked for.

    An error comes where its result would have come. Who stops asking closes the iterator, and nothing more is begun.
    """
    if not threads:
        yield from map(make, items)
        return
    pool = ThreadPoolExecutor(threads, "netspec-data")
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(make, item))
            if len(waiting) > BATCHES_IN_FLIGHT * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
