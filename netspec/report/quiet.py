"""A quiet run: what it warns of, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netspec.runner.events import Event, Finished, Resumed, RolledBack, Started


class Quiet:
    """Passes the warnings of a run's events on, each as a line without its end; of several runs each warning once."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.warn = warn
        self.said: set[str] = set()

    def __call__(self, event: Event) -> None:
        for text in _warnings(event):
            if text not in self.said:
                self.said.add(text)
                self.warn(text)


def _warnings(event: Event) -> Iterator[str]:
    match event:
        case Started(data=data, resumed=resumed):
            if data.note is not None:
                yield f"not the first data set of the spec: {data.note}"
            yield from data.warnings
            if resumed is not None:
                yield from _of_resumed(resumed)
        case RolledBack():
            yield f"{event.reason}; back to {event.moment}, and on at {event.lr_factor:g} of the learning rate"
        case Finished(result=result):
            yield from result.notes
        case _:
            pass


def _of_resumed(resumed: Resumed) -> Iterator[str]:
    yield from resumed.damages
    yield from (f"not bit for bit: {difference}" for difference in resumed.differences)
