"""`netspec plan`: show what a run would do."""

from __future__ import annotations

from pathlib import Path

import click

from netspec import api
from netspec.checker import check_file
from netspec.cli.checked_spec import show_warnings
from netspec.cli.options import format_option, overridable, spec_argument
from netspec.cli.output import show_json, show_table
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.plan import render_plan


@click.command("plan")
@spec_argument
@format_option()
@overridable
def command(spec: Path, form: str, overrides: dict[str, str]) -> int:
    """Say what a run of SPEC would do: layers, shapes, parameters, FLOPs, steps, files, and every setting's origin.

    Loads neither torch nor data.
    """
    checked = check_file(spec, overrides)
    show_warnings(checked)
    if checked.program is None:
        error = NetspecError(checked.diagnostics)
        if form == "json":
            show_json({"diagnostics": diagnostics_as_json(error.diagnostics)})
        return error.exit_code
    if form == "json":
        show_json(api.plan(checked.program))
    else:
        show_table(render_plan(checked.program))
    return 0
