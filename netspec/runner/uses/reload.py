"""The result of a run, reloaded from its folder: its record and its epochs, and its weights evaluated again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import Any

from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.runner.events import RunResult
from netspec.runner.machine.memory import weights_size
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.checkpoint import damage
from netspec.runner.store.formats import RECORD, STATE
from netspec.runner.train.progress import Progress
from netspec.runner.uses.saved_run import SavedRun

EPOCHS = "metrics.jsonl"


def reload(folder: Path) -> RunResult:
    """The result of a run as in its event `Finished`; if it isn't finished, as of its newest checkpoint. Raises
    NetspecError.

    The final weights are evaluated on the CPU. The data is loaded from where the spec says, and has to be the same.
    """
    record = _record(folder)
    restored = record["epochs"]["restored"] if record else None
    saved = SavedRun.of(folder, "last" if restored is None else "best")
    data = saved.prepare()
    try:
        progress = Progress.of(saved.state)
    except (KeyError, TypeError, ValueError) as error:
        raise damage(saved.checkpoint, f"{STATE.file} doesn't say how far the training is") from error
    split = data.data_record.evaluated_split
    evaluation = saved.evaluate_on(data, split) if split else None
    facts = record or _unfinished(saved, progress)
    return RunResult(
        folder=folder,
        program=data.program,
        data=data.data_record,
        device=str(facts.get("device", "")),
        environment={str(name): str(value) for name, value in facts.get("environment", {}).items()},
        history=_epochs(folder / EPOCHS) or tuple(progress.history),
        best_epoch=facts.get("epochs", {}).get("best"),
        stopped=facts.get("stopped"),
        test=evaluation if split == "test" else None,
        seconds=float(facts.get("seconds", 0)),
        restored=restored,
        validation=evaluation if split == "validation" else None,
        report_samples=ReportSamples.of(data, split, evaluation.predictions if evaluation else None),
        unfinished=None if record else saved.moment,
        size=weights_size(saved.network),
        notes=tuple(note for note in _listed(facts.get("notes")) if isinstance(note, str)),
    )


def _record(folder: Path) -> Mapping[str, Any] | None:
    """The content of `run.json`; None if the run isn't finished and has none."""
    try:
        record = json.loads((folder / RECORD.file).read_bytes())
        RECORD.ensure_readable(record, folder)
        if "restored" not in record["epochs"]:
            raise ValueError("restored")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{RECORD.file}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{RECORD.file} isn't what was written")) from error
    return record


def _listed(value: Any) -> list[Any]:
    """A list of a record; empty in one of an older format."""
    return value if isinstance(value, list) else []


def _unfinished(saved: SavedRun, progress: Progress) -> Mapping[str, Any]:
    """The values of `run.json` that a run has before it is finished."""
    environment = saved.state.get("environment", {})
    return {
        "device": environment.get("device", ""),
        "environment": environment,
        "epochs": {"best": progress.standing.best_epoch},
        "seconds": progress.seconds,
    }


def _epochs(path: Path) -> tuple[Mapping[str, float], ...]:
    """The epochs in the metrics log up to an incomplete line, which a run that was killed may leave."""
    rows: list[Mapping[str, float]] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = {str(name): nan if value is None else float(value) for name, value in json.loads(line).items()}
            rows.append({**row, "epoch": int(row["epoch"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return tuple(rows)
