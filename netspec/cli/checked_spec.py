"""The spec that a command is given: checked, with its warnings on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from netspec.checker import Checked, check_file
from netspec.cli.output import show_diagnostics, without_notes
from netspec.program.program import Program


def checked_program(path: Path, overrides: Mapping[str, str]) -> Program:
    """The program of a spec, whose warnings are shown. Raises NetspecError with all that is wrong."""
    checked = check_file(path, overrides)
    program = checked.require()
    show_warnings(checked)
    return program


def show_warnings(checked: Checked) -> None:
    """Show all diagnostics but notes on standard error."""
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
