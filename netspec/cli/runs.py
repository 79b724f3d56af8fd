"""`netspec runs`: list the runs below the current folder."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from netspec import api
from netspec.cli.options import format_option
from netspec.cli.output import message, show_json, show_table
from netspec.render.words import clean, duration, measure


@click.command("runs")
@format_option()
def command(form: str) -> int:
    """List the runs in `runs`, the newest last: how far each came, and how it was judged."""
    found = api.runs()
    if form == "json":
        show_json(found)
        return 0
    if not found:
        message("there are no runs in `runs`")
        return 0
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("run", "state", "epochs", "loss", "accuracy", "time"):
        number = name not in ("run", "state")
        table.add_column(name, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for facts in found:
        test = facts["test"]
        numbers = [measure(name, test[name]) if name in test else "" for name in ("loss", "accuracy")]
        seconds = "" if facts["seconds"] is None else duration(facts["seconds"])
        table.add_row(clean(facts["run"]), Text(facts["state"]), str(facts["epochs"]), *numbers, seconds)
    show_table(table)
    return 0
