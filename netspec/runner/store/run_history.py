"""The histories of runs, finished or not, from their folders; loads no torch."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from netspec.catalogue.stopping import Standing
from netspec.checker import saved_program
from netspec.formats.confined import is_file_of, read_json
from netspec.formats.strict_json import is_number
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.assertion import AssertionResult
from netspec.program.comparison import RunHistory
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.training import observe
from netspec.runner.store.saved_record import EPOCHS, read_history
from netspec.saved.export_record import ExportRecord
from netspec.saved.formats import RECORD, REPORT


def run_history(folder: Path) -> RunHistory:
    """The history of the run in a folder. Raises NetspecError if there is none."""
    program, trouble = None, None
    try:
        program = saved_program(folder)
    except NetspecError as error:
        first = next(diagnostic for diagnostic in error.diagnostics if diagnostic.is_error)
        if first.code == NoRun.code:
            raise
        # what the spec names, such as its data, may have been removed since
        trouble = first.message
    record = read_record(folder)
    epochs = record.get("epochs", {})
    history = tuple(read_history(folder))
    return RunHistory(
        folder=str(folder),
        name=program.name if program else folder.name,
        program=program,
        trouble=trouble,
        finished=bool(record),
        planned=program.train.epochs if program else epochs.get("planned"),
        history=history,
        best_epoch=epochs.get("best") if record else _best_epoch(program, history),
        test=record.get("test", {}),
        seconds=record.get("seconds"),
        digest=record.get("data", {}).get("digest"),
        parts=len(parts_of(program)) if program else 0,
        means={name: spread["mean"] for name, spread in record.get("spreads", {}).items()},
        counts={name: int(spread.get("count", 0)) for name, spread in record.get("spreads", {}).items()},
    )


def is_finished(folder: Path) -> bool:
    """Whether the run in a folder is finished, its report included; of several runs, whether all are."""
    return all(is_file_of(folder / name, folder) for name in (RECORD.file, REPORT))


def has_record(folder: Path) -> bool:
    """Whether the run in a folder has come to its end, with a report or without."""
    return is_file_of(folder / RECORD.file, folder)


def ended(folder: Path) -> datetime:
    """The time at which the run in a folder ended, or last wrote metrics; the same whenever its report is written."""
    found = [folder / name for name in (RECORD.file, EPOCHS) if is_file_of(folder / name, folder)]
    return datetime.fromtimestamp(found[0].stat().st_mtime) if found else datetime.now()


def run_facts(folder: Path) -> dict[str, Any]:
    """The state and the results of the run in a folder as JSON data, without those that can't be read."""
    record = read_record(folder)
    epochs = record.get("epochs", {}).get("trained")
    if type(epochs) is not int:
        epochs = sum(len(read_history(path, folder)) for path in (folder, *folders_of_parts(folder)))
    return {
        "run": str(folder),
        "state": "finished" if record else "not finished",
        "epochs": epochs,
        "test": record.get("test", {}),
        "seconds": record.get("seconds"),
    }


def _best_epoch(program: Program | None, history: tuple[Mapping[str, float], ...]) -> int | None:
    """The best epoch so far of a run that isn't finished, as the run finds it."""
    stop, standing = program.train.stop if program else None, Standing()
    for row in history:
        if stop is None or stop.watched() in row:
            standing = observe(stop, standing, int(row["epoch"]), row)
    return standing.best_epoch


def folders_of_parts(folder: Path) -> list[Path]:
    """The folders of folds and seeds in that of a run."""
    try:
        return [path for path in folder.iterdir() if path.name.startswith(("seed-", "fold-"))]
    except OSError:
        return []


def read_record(folder: Path) -> dict[str, Any]:
    """The content of `run.json`, without values of other types than those written; empty if there is no such file."""
    try:
        found = read_json(folder / RECORD.file, folder)
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    groups = {name: group for name, group in found.items() if isinstance(group, dict)}
    spreads = {
        name: numbers_in(spread) for name, spread in groups.get("spreads", {}).items() if isinstance(spread, dict)
    }
    return {
        **numbers_in(found),
        **groups,
        "epochs": numbers_in(groups.get("epochs", {})),
        "test": numbers_in(groups.get("test", {})),
        "spreads": {name: spread for name, spread in spreads.items() if "mean" in spread},
    }


def numbers_in(values: Mapping[str, Any]) -> dict[str, float]:
    """The values of a record that are numbers and fit a float."""
    return {name: value for name, value in values.items() if is_number(value) and abs(value) <= sys.float_info.max}


def recorded_assertions(folder: Path) -> tuple[AssertionResult, ...]:
    """The assertions on the results of a finished run, as its record has them; none in one of an older format."""
    try:
        record = read_json(folder / RECORD.file, folder)
        return tuple(map(AssertionResult.of, record.get("assertions", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def recorded_exports(folder: Path) -> tuple[ExportRecord, ...]:
    """The files that the network of a finished run was exported to, as its record has them, of several runs those of
    all; none in one of an older format."""
    found: list[ExportRecord] = []
    for run in (folder, *sorted(folders_of_parts(folder))):
        try:
            found += map(ExportRecord.from_data, read_json(run / RECORD.file, folder).get("exports", ()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)
