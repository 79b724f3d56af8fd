"""The metrics log: a JSON object per epoch, one to a line."""

from __future__ import annotations

import json
import math
from pathlib import Path

from netspec.runner.events import EpochEnded, Event
from netspec.runner.files import file_problems


class MetricsLog:
    """Adds a line to a file at the end of each epoch.

    The file is opened for each line, so that it is complete whenever the run is killed, and a resumed run goes on
    in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, event: Event) -> None:
        if isinstance(event, EpochEnded):
            values = {name: _finite(value) for name, value in event.values.items()}
            line = json.dumps({"epoch": event.epoch} | values, allow_nan=False)
            with file_problems(self.path), self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line + "\n")


def _finite(value: float) -> float | None:
    """JSON has no NaN and no infinity; readers in other languages stop at Python's spelling of them."""
    return value if math.isfinite(value) else None
