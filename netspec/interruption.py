"""Interruption of a training by signals: the first lets the current step finish, the second ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was terminated by SIGTERM; the stack unwinds as for Ctrl-C."""


class StopRequest:
    """A request to end a training after its current step; `error` is the exception to raise then, None before it."""

    def __init__(self) -> None:
        self.error: type[KeyboardInterrupt] | None = None

    def should_stop(self, step: int) -> bool:
        """Whether the training is to end after a step, counted from 1."""
        return self.error is not None


@contextmanager
def stop_on_signal(on_first: Callable[[], None]) -> Generator[StopRequest]:
    """Within the block the first Ctrl-C or SIGTERM sets the request and calls `on_first`; the next one ends at once.

    In another thread than the main one, where signals can't be caught, nothing changes.
    """
    request = StopRequest()
    if current_thread() is not main_thread():
        yield request
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def set_request(number: int, frame: FrameType | None) -> None:
        restore()
        request.error = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        on_first()

    for number in before:
        signal.signal(number, set_request)
    try:
        yield request
    finally:
        restore()
