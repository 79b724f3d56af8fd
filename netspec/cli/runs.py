"""`netspec runs`: the runs under the current folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from netspec.cli.output import message, show_json, show_table
from netspec.program.naming import all_runs
from netspec.render.words import clean, duration, measure


@click.command("runs")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
def command(form: str) -> int:
    """List the runs in `runs`, the newest last: how far each came, and how it was judged."""
    found = [_facts(run) for run in all_runs()]
    if form == "json":
        show_json(found)
        return 0
    if not found:
        message("there are no runs in `runs`")
        return 0
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("run", "state", "epochs", "loss", "accuracy", "time"):
        table.add_column(name, justify="left" if name in ("run", "state") else "right", no_wrap=True)
    for facts in found:
        test = facts["test"]
        numbers = [measure(name, test[name]) if name in test else "" for name in ("loss", "accuracy")]
        seconds = "" if facts["seconds"] is None else duration(facts["seconds"])
        table.add_row(clean(facts["run"]), Text(facts["state"]), str(facts["epochs"]), *numbers, seconds)
    show_table(table)
    return 0


def _facts(run: Path) -> dict[str, Any]:
    """What the files of a run say of it; what can't be read is left out."""
    record = _read(run / "run.json")
    # of folds and seeds each is a run in a folder below
    logs = [run / "metrics.jsonl", *run.glob("*/metrics.jsonl")]
    epochs = record.get("epochs", {}).get("trained")
    if epochs is None:
        epochs = sum(len(_lines(path)) for path in logs)
    test = record.get("test") or {}
    return {
        "run": str(run),
        "state": "finished" if record else "not finished",
        "epochs": epochs,
        "test": {name: value for name, value in test.items() if isinstance(value, int | float)},
        "seconds": record.get("seconds"),
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
