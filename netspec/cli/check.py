"""`netspec check`: everything that is wrong with specs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from netspec.checker import Checked, check_file
from netspec.cli.output import console, show_diagnostics, show_json
from netspec.diagnostics import Diagnostic
from netspec.files import rewrite
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.diagnostics import apply
from netspec.render.words import clean, count


@click.command("check")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
@click.option("--fix", is_flag=True, help="make the fixes that are offered, then check again")
def command(specs: Sequence[Path], form: str, fix: bool) -> int:
    """Say everything that is wrong with SPECS, without loading torch or data.

    Ends with 0 if nothing is wrong, 1 for problems in a spec, 3 for its data, 5 if it can't be read.
    """
    diagnostics: list[Diagnostic] = []
    for path in specs:
        found, checked = _check(path, fix)
        diagnostics += found
        if form == "text":
            show_diagnostics(found)
            if checked is not None and checked.program is not None:
                _good(path, checked)
    if form == "json":
        show_json(diagnostics_as_json(diagnostics))
    return max((diagnostic.exit_code for diagnostic in diagnostics if diagnostic.is_error), default=0)


def _check(path: Path, fix: bool) -> tuple[Sequence[Diagnostic], Checked | None]:
    try:
        checked = check_file(path)
        if fix and _fixed(path, checked):
            checked = check_file(path)
    except NetspecError as error:
        return error.diagnostics, None
    return checked.diagnostics, checked


def _fixed(path: Path, checked: Checked) -> bool:
    """Write the fixes into the file, those that don't overlap; says whether there were any."""
    edits = [edit for diagnostic in checked.diagnostics if diagnostic.fix for edit in diagnostic.fix.edits]
    edits.sort(key=lambda edit: edit.span.start)
    apart = [edit for i, edit in enumerate(edits) if i == 0 or edit.span.start >= edits[i - 1].span.end]
    if apart:
        rewrite(path, apply(checked.source, apart).encode())
    return bool(apart)


def _good(path: Path, checked: Checked) -> None:
    assert checked.program is not None
    program = checked.program
    parameters = count(program.graph.parameter_count)
    console().print(
        f"{clean(str(path))}: good; {program.type} -> {program.graph.output}, {parameters} parameters", markup=False
    )
