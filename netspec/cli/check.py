"""`netspec check`: everything that is wrong with specs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from netspec.checker import Checked, check_file, check_source
from netspec.cli.output import console, message, show_diagnostics, show_json, without_notes
from netspec.cli.overrides import overridable
from netspec.diagnostics import Diagnostic
from netspec.files import rewrite
from netspec.lang.source_file import decode
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.diagnostics import apply
from netspec.render.github import diagnostics_as_commands
from netspec.render.words import clean, count

STDIN = Path("-")
ROUNDS = 10
"""How often `--fix` looks again; each round mends what the one before brought to light."""


@click.command("check")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
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
    for path in specs:
        found, checked = _check(path, fix, overrides)
        found = found if notes else without_notes(found)
        diagnostics += found
        if form == "text":
            show_diagnostics(found)
            if checked is not None and not any(diagnostic.is_error for diagnostic in found):
                _good(path, checked)
    match form:
        case "json":
            show_json(diagnostics_as_json(diagnostics))
        case "sarif":
            show_json(_sarif(diagnostics))
        case "github":
            click.echo(diagnostics_as_commands(diagnostics), nl=False)
        case _:
            pass
    return max((diagnostic.exit_code for diagnostic in diagnostics if diagnostic.is_error), default=0)


def _sarif(diagnostics: Sequence[Diagnostic]) -> Any:
    from netspec.render.sarif import diagnostics_as_sarif

    return diagnostics_as_sarif(diagnostics)


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
    """Make the fixes that are offered and say which, until none is; one may bring another mistake to light."""
    for _ in range(ROUNDS):
        checked = check_file(path)
        made = apart(checked)
        if not made:
            return
        edits = [edit for diagnostic in made if diagnostic.fix for edit in diagnostic.fix.edits]
        rewrite(path, apply(checked.source, edits).encode())
        for diagnostic in made:
            message(f"{clean(str(diagnostic.span))}: fixed [{diagnostic.code}] {clean(diagnostic.message)}")


def apart(checked: Checked) -> list[Diagnostic]:
    """The diagnostics with a fix of the spec, those that don't overlap with an earlier one."""
    found: list[Diagnostic] = []
    end = -1
    for diagnostic in checked.diagnostics:
        spans = [edit.span for edit in diagnostic.fix.edits] if diagnostic.fix else []
        if spans and all(span.source is checked.source and span.start > end for span in spans):
            found.append(diagnostic)
            end = max(span.end for span in spans)
    return found


def _good(path: Path, checked: Checked) -> None:
    program = checked.program
    what = "blocks for other files"
    if program is not None:
        parameters = count(program.graph.parameter_count)
        what = f"{program.type} -> {program.graph.output}, {parameters} parameters"
    console().print(f"{clean(str(path))}: good; {what}", markup=False)
