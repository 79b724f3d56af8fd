"""The metrics log: a JSON object per epoch, one to a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from netspec.files import file_problems, write_atomically
from netspec.runner.events import EpochEnded, Event, RolledBack, Started
from netspec.runner.progress import finite


class MetricsLog:
    """Adds a line to a file at the end of each epoch.

    The file is opened for each line, so that it is complete whenever the run is killed. A run that is resumed, or that
    goes back, begins with the epochs that it has behind it: what was written after its checkpoint comes again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, event: Event) -> None:
        if (isinstance(event, Started) and event.resumed is not None) or isinstance(event, RolledBack):
            with file_problems(self.path):
                write_atomically(self.path, "".join(map(_line, event.history)).encode())
        if isinstance(event, EpochEnded):
            with file_problems(self.path), self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(_line(event.row()))


def _line(row: Mapping[str, float]) -> str:
    return json.dumps({name: finite(value) for name, value in row.items()}, allow_nan=False) + "\n"
