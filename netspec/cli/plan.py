"""`netspec plan`: what a run would do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netspec.checker import check_file
from netspec.cli.output import show, show_diagnostics, show_json, without_notes
from netspec.cli.overrides import overridable
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.plan import plan_as_json, render_plan


@click.command("plan")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
@overridable
def command(spec: Path, form: str, overrides: dict[str, str]) -> int:
    """Say what a run of SPEC would do: layers, shapes, parameters, FLOPs, steps, files, and every setting's origin.

    Loads neither torch nor data.
    """
    checked = check_file(spec, overrides)
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    if checked.program is None:
        error = NetspecError(checked.diagnostics)
        if form == "json":
            show_json({"diagnostics": diagnostics_as_json(error.diagnostics)})
        return error.exit_code
    if form == "json":
        show_json(plan_as_json(checked.program))
    else:
        show(render_plan(checked.program))
    return 0
