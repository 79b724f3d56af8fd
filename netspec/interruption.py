"""Signals that ask a training to end: the first waits for the step that is under way, the second doesn't."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end: what stands around the place where it was unwinds, as for Ctrl-C."""


class Request:
    """Whether somebody asked for the end, and with which error the process ends then."""

    def __init__(self) -> None:
        self.error: type[KeyboardInterrupt] | None = None

    def asks(self, step: int) -> bool:
        """Whether the training is to end after that step, the first being 1."""
        return self.error is not None


@contextmanager
def end_on_request(heard: Callable[[], None]) -> Generator[Request]:
    """Within it the first Ctrl-C or SIGTERM only sets the request; `heard` is called then. The next one ends at once.

    In another thread than the main one, where signals can't be caught, nothing is set.
    """
    request = Request()
    if current_thread() is not main_thread():
        yield request
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def note(number: int, frame: FrameType | None) -> None:
        restore()
        request.error = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        heard()

    for number in before:
        signal.signal(number, note)
    try:
        yield request
    finally:
        restore()
