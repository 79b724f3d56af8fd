"""A worker: a process that runs the trials of a study, one after the other, until it has all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

from netspec.searcher.study import Study, Task, Wait
from netspec.searcher.trials import Outcome

POLL = 0.2
"""How many seconds pass before a worker that waits for others looks again."""


def work(study: Study, run: Callable[[Task], Outcome], *, wait: Callable[[], None] = lambda: time.sleep(POLL)) -> None:
    """Run trials of a study until it has all of them and all have ended.

    `run` trains the trial of a task, or goes on with it where it was interrupted, and returns what became of it. What
    it raises ends the work here and leaves the trial lost; so does a disk that is full. Raises NetspecError.
    """
    while (task := study.take()) is not None:
        if isinstance(task, Wait):
            wait()
            continue
        with task:
            with task.lease.noting_crashes():
                outcome = run(task)
            study.end(task, outcome)
