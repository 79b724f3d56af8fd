"""What became of a run, told again from its folder and its data: its record, its epochs, its weights judged anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import Any

from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.runner.events import RunResult
from netspec.runner.report_samples import ReportSamples
from netspec.runner.store.checkpoint import STATE, damage
from netspec.runner.store.record import FORMAT
from netspec.runner.train.progress import Progress
from netspec.runner.uses.saved_run import SavedRun

RECORD, EPOCHS = "run.json", "metrics.jsonl"


def reload(folder: Path) -> RunResult:
    """The result of a run as `Finished` told it, or how far it is by its newest checkpoint. Raises NetspecError.

    The weights are those that the run ended with, judged on the CPU; the data is loaded from where the spec says, and
    has to be what the run had.
    """
    record = _record(folder)
    restored = record["epochs"]["restored"] if record else None
    saved = SavedRun.of(folder, "last" if restored is None else "best")
    data = saved.prepare()
    try:
        progress = Progress.of(saved.state)
    except (KeyError, TypeError, ValueError) as error:
        raise damage(saved.checkpoint, f"{STATE} doesn't say how far the training is") from error
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
        shown=ReportSamples.of(data, split, evaluation.predictions if evaluation else None),
        unfinished=None if record else saved.moment,
    )


def _record(folder: Path) -> Mapping[str, Any] | None:
    """What `run.json` says; None where the run isn't finished and has none."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        if record["format"] != FORMAT or "restored" not in record["epochs"]:
            raise ValueError(RECORD)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{RECORD}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{RECORD} isn't what was written")) from error
    return record


def _unfinished(saved: SavedRun, progress: Progress) -> Mapping[str, Any]:
    """What `run.json` would say of a run that is on its way."""
    environment = saved.state.get("environment", {})
    return {
        "device": environment.get("device", ""),
        "environment": environment,
        "epochs": {"best": progress.standing.best_epoch},
        "seconds": progress.seconds,
    }


def _epochs(path: Path) -> tuple[Mapping[str, float], ...]:
    """The epochs in the metrics log, as far as it is whole: a run that was killed may have been writing a line."""
    rows: list[Mapping[str, float]] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = {str(name): nan if value is None else float(value) for name, value in json.loads(line).items()}
            rows.append({**row, "epoch": int(row["epoch"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return tuple(rows)
