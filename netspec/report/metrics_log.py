"""The metrics log: what was measured in each epoch, as a JSON object to a line and as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from netspec.files import file_problems, finite_or_none, write_atomically
from netspec.runner.events import EpochEnded, Event, RolledBack, Started

Row = Mapping[str, float]


class MetricsLog:
    """Adds a line to `metrics.jsonl` and one to `metrics.csv` at the end of each epoch.

    The files are opened for each line, so that they are complete whenever the run is killed. They begin with the epochs
    that a run has behind it when it is resumed or goes back: what was written after its checkpoint comes again. The
    columns of the table are the values of the first epoch.
    """

    def __init__(self, folder: Path) -> None:
        self.lines = folder / "metrics.jsonl"
        self.table = folder / "metrics.csv"
        self.columns: Sequence[str] = ()

    def __call__(self, event: Event) -> None:
        match event:
            case Started() | RolledBack():
                self._begin(event.history)
            case EpochEnded():
                self._add(event.row())
            case _:
                pass

    def _begin(self, history: Sequence[Row]) -> None:
        """Have these epochs in the files and no other."""
        self.columns = tuple(history[0]) if history else ()
        with file_problems(self.lines.parent):
            write_atomically(self.lines, _as_lines(history).encode())
            write_atomically(self.table, self._as_rows(history, header=bool(history)).encode())

    def _add(self, row: Row) -> None:
        header = not self.columns
        self.columns = self.columns or tuple(row)
        for path, text in ((self.lines, _as_lines([row])), (self.table, self._as_rows([row], header=header))):
            with file_problems(path), path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def _as_rows(self, rows: Iterable[Row], *, header: bool) -> str:
        """CSV as RFC 4180 has it but for the ends of lines; an empty cell is no number."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, extrasaction="ignore", lineterminator="\n")
        if header:
            writer.writeheader()
        writer.writerows({name: finite_or_none(value) for name, value in row.items()} for row in rows)
        return text.getvalue()


def _as_lines(rows: Iterable[Row]) -> str:
    objects = ({name: finite_or_none(value) for name, value in row.items()} for row in rows)
    return "".join(json.dumps(values, allow_nan=False) + "\n" for values in objects)
