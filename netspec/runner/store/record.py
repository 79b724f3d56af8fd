"""What `run.json` says of a finished run: its final numbers, and all that they follow from.

JSON has no NaN and no infinity, and readers in other languages stop at Python's spelling of them: they are null.
"""

from __future__ import annotations

from typing import Any

from netspec.runner.events import Evaluation, RunResult
from netspec.runner.train.progress import finite

FORMAT = 1


def run_record(result: RunResult) -> dict[str, Any]:
    """The run as JSON data."""
    program, data = result.program, result.data
    return {
        "format": FORMAT,
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
        },
        "epochs": {
            "planned": program.train.epochs,
            "trained": len(result.history),
            "best": result.best_epoch,
            "restored": result.restored,
        },
        "stopped": result.stopped,
        "seconds": result.seconds,
        "last_epoch": dict(result.history[-1]) if result.history else None,
        "validation": {name: finite(value) for name, value in result.validated.items()} or None,
        "test": evaluation_record(result.test) if result.test else None,
    }


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """How a split was judged as JSON data."""
    return {
        **{name: finite(value) for name, value in evaluation.values.items()},
        "classes": [
            {
                "name": report.name,
                "support": report.support,
                **report.values,
                "mistaken_for": _mistake_record(report.mistaken_for),
            }
            for report in evaluation.classes
        ],
        "worst": evaluation.classes[evaluation.worst].name if evaluation.worst is not None else None,
        "confusion": evaluation.confusion.tolist() if evaluation.confusion is not None else None,
    }


def _mistake_record(mistake: tuple[str, int] | None) -> dict[str, Any] | None:
    return {"name": mistake[0], "count": mistake[1]} if mistake else None
