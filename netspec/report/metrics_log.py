"""The metrics log: a JSON object per epoch, one to a line."""

from __future__ import annotations

import json
from pathlib import Path

from netspec.files import file_problems
from netspec.runner.events import EpochEnded, Event
from netspec.runner.record import finite


class MetricsLog:
    """Adds a line to a file at the end of each epoch.

    The file is opened for each line, so that it is complete whenever the run is killed, and a resumed run goes on
    in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, event: Event) -> None:
        if isinstance(event, EpochEnded):
            line = json.dumps({name: finite(value) for name, value in event.row().items()}, allow_nan=False)
            with file_problems(self.path), self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line + "\n")
