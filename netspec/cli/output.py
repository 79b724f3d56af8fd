"""Output of the commands: results to standard output, diagnostics and messages to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import IO, Any

from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType

from netspec.diagnostics import Diagnostic, Severity
from netspec.files import create, rewrite
from netspec.problems import NetspecError
from netspec.render.diagnostics import render
from netspec.render.words import clean


def console(file: IO[str] | None = None) -> Console:
    """A console for a stream; without colours and line breaks on a pipe."""
    stream = file or sys.stdout
    return Console(file=stream, highlight=False, soft_wrap=not stream.isatty(), width=None if stream.isatty() else 100)


def show(content: RenderableType, *, markup: bool = True) -> None:
    console().print(content, markup=markup)


def show_table(table: RenderableType) -> None:
    """Print a table; on a pipe no cell is cut off."""
    if sys.stdout.isatty():
        show(table)
        return
    with (out := Console(file=StringIO(), width=10_000)).capture() as captured:
        out.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def show_json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write(content: bytes) -> None:
    """Write bytes to standard output, independent of the system's encoding and line endings."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_file(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file; one that exists is only overwritten with `force`."""
    if force and path.exists():
        rewrite(path, content)
    else:
        create(path, content, "`--force` writes over it")


def without_notes(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics but for notes, which are shown on request only."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.NOTE]


def show_diagnostics(diagnostics: Sequence[Diagnostic], file: IO[str] | None = None) -> None:
    if diagnostics:
        console(file).print(render(diagnostics))


def show_error(error: NetspecError) -> None:
    """Print the diagnostics of an error to standard error."""
    show_diagnostics(error.diagnostics, sys.stderr)


def message(text: str) -> None:
    """Print a line to standard error; on a terminal over what is in the line, such as progress or `^C`."""
    out = console(sys.stderr)
    out.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 0)))
    out.print(clean(text), markup=False)
