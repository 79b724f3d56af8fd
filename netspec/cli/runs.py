"""`netspec runs`: the runs under the current folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from netspec.cli.output import message, show_json, show_table
from netspec.program.naming import all_runs
from netspec.render.words import clean, duration, measure
from netspec.runner.store.run_history import read_history, read_record


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
    record = read_record(run)
    epochs = record.get("epochs", {}).get("trained")
    if type(epochs) is not int:
        # of folds and seeds each is a run in a folder below
        folders = [run, *(path.parent for path in run.glob("*/metrics.jsonl"))]
        epochs = sum(len(read_history(folder)) for folder in folders)
    return {
        "run": str(run),
        "state": "finished" if record else "not finished",
        "epochs": epochs,
        "test": record.get("test", {}),
        "seconds": record.get("seconds"),
    }
