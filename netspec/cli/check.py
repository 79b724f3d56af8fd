"""`netspec check`: report all mistakes in specs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from netspec.checker import Checked, check_file, check_source
from netspec.cli.options import format_option, overridable
from netspec.cli.output import console, message, show_diagnostics, show_json, without_notes
from netspec.diagnostics import Diagnostic
from netspec.lang.source_file import decode
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.github import diagnostics_as_commands
from netspec.render.words import clean, count

STDIN = Path("-")


@click.command("check")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@format_option(
    "text",
    "json",
    "sarif",
    "github",
    help="text, JSON, SARIF for code hosts and editors, or commands of GitHub Actions",
)
@click.option("--fix", is_flag=True, help="make the fixes that are offered, then check again")
@click.option("--notes", is_flag=True, help="say matters of habit too, such as a bias that a normalisation takes off")
@overridable
def command(specs: Sequence[Path], form: str, fix: bool, notes: bool, overrides: dict[str, str]) -> int:
    """Say everything that is wrong with SPECS, without loading torch; `-` reads standard input.

    Ends with 0 if nothing is wrong, 1 for problems in a spec, 3 for its data, 5 if it can't be read.
    """
    diagnostics: list[Diagnostic] = []
    files: list[str] = []
    for path in specs:
        found, checked = _check(path, fix, overrides)
        found = found if notes else without_notes(found)
        diagnostics += found
        files += [str(path)] * len(found)
        if form == "text":
            show_diagnostics(found)
            if checked is not None and not any(diagnostic.is_error for diagnostic in found):
                _good(path, checked)
    match form:
        case "json":
            show_json(diagnostics_as_json(diagnostics))
        case "sarif":
            show_json(_sarif(diagnostics, files))
        case "github":
            click.echo(diagnostics_as_commands(diagnostics), nl=False)
        case _:
            pass
    return max((diagnostic.exit_code for diagnostic in diagnostics if diagnostic.is_error), default=0)


def _sarif(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> Any:
    from netspec.render.sarif import diagnostics_as_sarif

    return diagnostics_as_sarif(diagnostics, files)


def _check(path: Path, fix: bool, overrides: dict[str, str]) -> tuple[Sequence[Diagnostic], Checked | None]:
    try:
        if path == STDIN:
            checked = check_source(decode(sys.stdin.buffer.read(), "-"), overrides)
        else:
            if fix:
                _fix(path)
            checked = check_file(path, overrides)
    except NetspecError as error:
        return error.diagnostics, None
    return checked.diagnostics, checked


def _fix(path: Path) -> None:
    from netspec import api

    for fixed in api.fix(path):
        message(f"{clean(str(fixed.span))}: fixed [{fixed.code}] {clean(fixed.message)}")


def _good(path: Path, checked: Checked) -> None:
    program = checked.program
    what = "blocks for other files"
    if program is not None:
        parameters = count(program.graph.parameter_count)
        what = f"{program.type} -> {program.graph.output}, {parameters} parameters"
    console().print(f"{clean(str(path))}: good; {what}", markup=False)
