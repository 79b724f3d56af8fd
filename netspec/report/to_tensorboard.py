"""TensorBoard: what is measured in each epoch, as event files in the run's folder."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.files import file_problems
from netspec.runner.events import EpochEnded, Event, Finished, RolledBack, Started

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class TensorBoard:
    """Writes the values of each epoch, and of the test split behind the last one.

    A run that is resumed or goes back begins a new file with the epochs that it has behind it, in the place of those
    that were there, so that no epoch is there twice. A TensorBoard that looks on has to be started anew then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer: SummaryWriter | None = None

    def __call__(self, event: Event) -> None:
        with file_problems(self.folder):
            match event:
                case Started() | RolledBack():
                    self._begin(event.history)
                case EpochEnded():
                    self._write([event.row()])
                case Finished(result) if result.test is not None:
                    test = {f"test.{name}": value for name, value in result.test.values.items()}
                    self._write([{"epoch": len(result.history), **test}])
                case _:
                    pass

    def _begin(self, history: Iterable[Mapping[str, float]]) -> None:
        earlier = list(self.folder.glob("events.out.tfevents.*"))
        if self.writer is not None:
            self.writer.close()
        self.writer = _writer(self.folder)
        self._write(history)
        for path in earlier:
            path.unlink()

    def _write(self, rows: Iterable[Mapping[str, float]]) -> None:
        assert self.writer is not None, "a run starts before its first epoch ends"
        for row in rows:
            for name, value in row.items():
                if name != "epoch":
                    # a slash is what makes a group of charts
                    self.writer.add_scalar(name.replace(".", "/"), value, int(row["epoch"]))
        self.writer.flush()


def _writer(folder: Path) -> SummaryWriter:
    with warnings.catch_warnings(action="ignore"):  # of its own imports
        from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(folder)
