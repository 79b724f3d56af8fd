"""`netspec report`: write the report of a run anew."""

from __future__ import annotations

import gc
from datetime import datetime
from pathlib import Path

import click

from netspec.cli.output import console
from netspec.files import file_problems, write_atomically
from netspec.program.parts import parts_of
from netspec.render.words import clean


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="the page's file; by default report.html in RUN")
def command(run: Path, out: Path | None) -> None:
    """Write the report of RUN anew, with its plots; with --out the page alone, which needs nothing but itself.

    The folder of the run is enough: it has the spec, what was measured, and the weights, which are judged anew. The
    data is loaded from where the spec says. A run that isn't finished is shown as far as its newest checkpoint.
    """
    gc.enable()
    from netspec.report.html import page_of, write_report
    from netspec.report.summary_page import summary_page, write_summary
    from netspec.runner.store.saved_spec import saved_program
    from netspec.runner.uses.reload import reload
    from netspec.runner.uses.run_summary import Summary

    program = saved_program(run)
    if parts_of(program):
        summary = Summary.of(program, run)
        if out is None:
            out = write_summary(summary, run, _ended(run))
        else:
            _write(out, summary_page(summary, _ended(run)))
    else:
        result = reload(run)
        if out is None:
            out = write_report(result, run, _ended(run))
        else:
            _write(out, page_of(result, _ended(run)))
    console().print(clean(str(out)), markup=False)


def _write(path: Path, page: str) -> None:
    with file_problems(path):
        write_atomically(path, page.encode())


def _ended(run: Path) -> datetime:
    """When the run ended, or measured something last."""
    times = [path.stat().st_mtime for name in ("run.json", "metrics.jsonl") if (path := run / name).exists()]
    return datetime.fromtimestamp(times[0]) if times else datetime.now()
