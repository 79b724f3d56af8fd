"""`netspec diff`: show what differs between two specs."""

from __future__ import annotations

from pathlib import Path

import click

from netspec import api
from netspec.cli.options import format_option
from netspec.cli.output import show, show_json
from netspec.render.difference import difference_as_json, render_difference


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@format_option()
def command(old: Path, new: Path, form: str) -> int:
    """Say what the spec NEW does otherwise than OLD: settings, layers, figures, and which weights still load.

    Layout, comments and form don't count. Ends with 0 if both are the same program, with 1 if they differ.
    """
    found = api.diff(old, new)
    if form == "json":
        show_json(difference_as_json(found))
    else:
        show(render_difference(found))
    return 0 if found.same else 1
