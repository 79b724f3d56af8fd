"""The record of a finished run in `run.json`: its final values, and all that they depend on.

JSON has no NaN and no infinity, and readers in other languages stop at Python's spelling of them: they are null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netspec.files import finite_or_none
from netspec.runner.events import Evaluation, RunResult
from netspec.runner.results import assertion_results
from netspec.saved.formats import RECORD

LISTED = 1000
"""The confusion matrix of more classes than these is left out: a record has to stay small enough to be read."""


def run_record(result: RunResult) -> dict[str, Any]:
    """The run as JSON data."""
    program, data = result.program, result.data
    return {
        "format": RECORD.current,
        "spec": {"name": program.name, "file": program.source.name, "hash": f"sha256:{program.hash}"},
        "parameters": program.graph.parameter_count,
        "seed": program.train.seed,
        "device": result.device,
        "environment": dict(result.environment),
        "data": {
            "source": data.source,
            "note": data.note,
            "samples": {"train": data.train, "validation": data.validation, "test": data.test},
            "digest": f"sha256:{data.digest}",
            "statistics": [dict(fitted) for fitted in data.fitted],
            "target_statistics": [dict(fitted) for fitted in data.target_fitted],
            "warnings": list(data.warnings),
        },
        "weights": [loaded.to_json() for loaded in result.loaded],
        "epochs": {
            "planned": program.train.epochs,
            "trained": len(result.history),
            "best": result.best_epoch,
            "restored": result.restored,
        },
        "stopped": result.stopped,
        "notes": list(result.notes),
        "teachers": [teacher.as_data() for teacher in result.teachers],
        "exports": [export.as_data() for export in result.exports],
        "stages": [stage.as_data() for stage in result.stages],
        "assertions": [assertion.record() for assertion in assertion_results(result)],
        "seconds": result.seconds,
        "size": result.size,
        "last_epoch": _finite(result.history[-1]) if result.history else None,
        "validation": evaluation_record(result.validation)
        if result.validation
        else _finite(result.validation_values) or None,
        "test": evaluation_record(result.test) if result.test else None,
    }


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation of a split as JSON data."""
    return {
        **_finite(evaluation.values),
        "classes": [
            {
                "name": report.name,
                "support": report.support,
                **_finite(report.values),
                "mistaken_for": _mistake_record(report.mistaken_for),
            }
            for report in evaluation.classes
        ],
        "worst": evaluation.classes[evaluation.worst].name if evaluation.worst is not None else None,
        "confusion": _confusion(evaluation),
    }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: finite_or_none(value) for name, value in values.items()}


def _confusion(evaluation: Evaluation) -> list[list[int]] | None:
    """How many samples of each class were decided to be of each; None for more classes than `LISTED`."""
    found = evaluation.confusion
    return found.tolist() if found is not None and len(found) <= LISTED else None


def _mistake_record(mistake: tuple[str, int] | None) -> dict[str, Any] | None:
    return {"name": mistake[0], "count": mistake[1]} if mistake else None
