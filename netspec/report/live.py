"""The live line: how far the epoch under way is, redrawn in its place on a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from netspec.render import words
from netspec.runner.events import EpochAdvanced, Started
from netspec.wording import decimal

GAP = 2
"""How many columns are between two parts of the line."""
FRONT = Control(ControlType.CARRIAGE_RETURN)
REST = Control((ControlType.ERASE_IN_LINE, 0))


def is_live(console: Console) -> bool:
    """Whether a line can be redrawn: somebody looks at a terminal, and hasn't asked for plain text."""
    plain = console.no_color or bool(os.environ.get("CI"))
    return console.is_interactive and console.file.isatty() and not plain


class LiveLine:
    """One line below all others. The cursor waits at its front and is never hidden, so that nothing has to be brought
    back if the process is killed; what else is written there first has to `clear` it."""

    def __init__(self, console: Console, started: Started) -> None:
        self.console = console
        self.started = started
        self.is_drawn = False

    def draw(self, event: EpochAdvanced) -> None:
        """Say how far the epoch is: as much of it as has room, the last column left free, where terminals wrap."""
        line, room = "", self.console.width - 1
        for part in self._parts(event):
            longer = f"{line}{' ' * GAP if line else ''}{part}"
            if cell_len(longer) > room:
                break
            line = longer
        with self.console:  # what is printed within is written at once
            self.console.control(FRONT)
            self.console.print(Text(line, "dim"), end="", soft_wrap=True)
            self.console.control(REST, FRONT)
        self.is_drawn = True

    def clear(self) -> None:
        if self.is_drawn:
            self.console.control(FRONT, REST)
            self.is_drawn = False

    def _parts(self, event: EpochAdvanced) -> Iterator[str]:
        """What is said, the most important first."""
        place = f"{event.moment.epoch + 1}/{self.started.program.train.epochs}"
        yield f"{place:>7} {event.fraction:4.0%}"
        yield f"loss {decimal(event.loss)}"
        yield f"left {about(event.remaining_seconds)}, run {about(self._left_of_run(event))}"
        yield f"{_rate(event.fraction * self.started.data.train / event.epoch_seconds)} samples/s"
        yield f"lr {event.lr:.3g}"

    def _left_of_run(self, event: EpochAdvanced) -> float:
        """Seconds to the last epoch's end as the run went until now, or to the end that the spec sets."""
        train, done = self.started.program.train, event.moment.epoch + event.fraction
        left = event.seconds / done * (train.epochs - done)
        return min(left, max(train.max_time.seconds - event.seconds, 0)) if train.max_time else left


def about(seconds: float) -> str:
    """A time that is an estimate: `12 s`, `3 min 05 s`."""
    return f"{seconds:.0f} s" if seconds < 59.5 else words.duration(seconds)


def _rate(rate: float) -> str:
    return words.count(round(rate)) if rate >= 10 else f"{rate:.1f}"
