"""`netspec run`: train, judge and report."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from netspec.checker import check_file
from netspec.cli.output import show_diagnostics, without_notes
from netspec.cli.overrides import overridable


@click.command("run")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="the run folder; by default runs/<spec>/<time>-<id>")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "xpu", "cpu"]), help="where to compute")
@overridable
def command(spec: Path, out: Path | None, device: str | None, overrides: dict[str, str]) -> None:
    """Check SPEC, train its network, judge it on the test split, and write a report.

    Everything of the run goes to one folder, whose path is printed first and last.
    """
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    gc.enable()
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.api import run
    from netspec.report.terminal import Terminal

    run(program, out=out, device=device, on_event=Terminal())
