"""The record and the epochs of a run, read from its folder as values of the types that were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Self

from netspec.catalogue.entry import as_count, as_text
from netspec.catalogue.values import MOST_EPOCHS
from netspec.formats.confined import read_bytes, read_json
from netspec.formats.strict_json import as_number, from_json
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.assertion import of_class
from netspec.saved.export_record import ExportRecord
from netspec.saved.formats import RECORD
from netspec.saved.stage_record import StageRecord
from netspec.saved.teacher_record import TeacherRecord

EPOCHS = "metrics.jsonl"
SPLITS = ("train.", "validation.")

NO_VALUES = ("classes", "worst", "confusion")
"""What the record of an evaluation has beside its values."""


@dataclass(frozen=True)
class SavedRecord:
    """What `run.json` says of a finished run. `values` are those of both splits by their names, as `test.accuracy`,
    NaN for those that weren't finite; `digest` is the SHA-256 of all samples, `of_classes` are the results of single
    classes, `size` is the number of bytes of the weights, `notes` are those of the training, `exports` are the files
    that the network was exported to, `stages` what became of it in those of `compress`, and `source` is the one that
    was taken, as a spec would write it."""

    device: str
    environment: Mapping[str, str]
    trained: int
    best: int | None
    restored: int | None
    stopped: str | None
    seconds: float
    values: Mapping[str, float]
    digest: str
    of_classes: Mapping[str, float]
    size: float
    notes: tuple[str, ...]
    teachers: tuple[TeacherRecord, ...] = ()
    exports: tuple[ExportRecord, ...] = ()
    stages: tuple[StageRecord, ...] = ()
    source: str | None = None

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The record in a run's folder. Raises FileNotFoundError if there is none, and NetspecError if it isn't what
        netspec writes."""
        try:
            record = read_json(folder / RECORD.file, folder)
            RECORD.ensure_readable(record, folder)
            return cls._from(record)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NetspecError.of(NoRun(None, str(folder), f"{RECORD.file}: {error.strerror}")) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NetspecError.of(NoRun(None, str(folder), f"{RECORD.file} isn't what was written")) from error

    @classmethod
    def _from(cls, record: Mapping[str, Any]) -> Self:
        epochs, stopped = record["epochs"], record["stopped"]
        trained = as_count(epochs["trained"])
        return cls(
            device=as_text(record["device"]),
            environment={as_text(name): as_text(value) for name, value in record["environment"].items()},
            trained=trained,
            best=_epoch(epochs["best"], trained),
            restored=_epoch(epochs["restored"], trained),
            stopped=None if stopped is None else as_text(stopped),
            seconds=as_number(record["seconds"]),
            values={
                f"{split}.{name}": nan if value is None else as_number(value)
                for split in ("validation", "test")
                for name, value in (record[split] or {}).items()
                if isinstance(value, int | float) or (value is None and name not in NO_VALUES)
            },
            digest=as_text(record["data"]["digest"]).removeprefix("sha256:"),
            of_classes=dict(_of_classes(record)),
            # absent in records of earlier versions
            size=as_number(record["size"]) if "size" in record else nan,
            notes=tuple(map(as_text, record.get("notes", ()))),
            teachers=tuple(map(TeacherRecord.from_data, record.get("teachers", ()))),
            exports=tuple(map(ExportRecord.from_data, record.get("exports", ()))),
            stages=tuple(map(StageRecord.from_data, record.get("stages", ()))),
            source=as_text(record["data"]["source"]),
        )


def _of_classes(record: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The results of the classes of the split that was evaluated at the end."""
    for split in ("validation", "test"):
        for report in (record[split] or {}).get("classes", ()):
            for metric, value in report.items():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield of_class(split, as_text(report["name"]), metric), as_number(value)


def _epoch(value: Any, trained: int) -> int | None:
    """An epoch of those that were trained, the first being 1, or none."""
    if value is None:
        return None
    if not 1 <= (epoch := as_count(value)) <= trained:
        raise ValueError("no epoch")
    return epoch


def read_history(folder: Path, within: Path | None = None) -> list[dict[str, float]]:
    """The epochs in the metrics log of a run in a folder, which may be `within` that of several runs. A line that is
    incomplete is left out; a log that netspec doesn't write has none."""
    try:
        lines = read_bytes(folder / EPOCHS, within or folder).split(b"\n")
    except OSError:
        return []
    if len(lines) > MOST_EPOCHS + 1:
        return []
    return [row for line in lines if (row := _row(line)) is not None]


def _row(line: bytes) -> dict[str, float] | None:
    try:
        row = from_json(line)
        epoch = as_count(row["epoch"])
        values = {name: nan if value is None else value for name, value in row.items() if name.startswith(SPLITS)}
        known = {name: float(value) for name, value in values.items() if isinstance(value, int | float)}
        return {"epoch": epoch, **known}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
