"""`netspec doctor`: check the installation and the devices."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from netspec import api
from netspec.cli.output import show_table


@click.command("doctor")
def command() -> int:
    """Look at the installation: versions, devices, folders. Ends with 1 if something that a run needs is missing."""
    findings = api.doctor()
    table = Table.grid(padding=(0, 2))
    for name, good, text in findings:
        table.add_row(Text("good" if good else "missing", "green" if good else "bold red"), name, Text(text))
    show_table(table)
    return 0 if all(finding.good for finding in findings) else 1
