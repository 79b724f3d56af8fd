"""`netspec report`: write the report of a run or a study again."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.cli.options import out_option, run_argument
from netspec.cli.output import console
from netspec.render.words import clean


@click.command("report")
@run_argument
@out_option("the page's file; by default report.html in RUN")
def command(run: Path, out: Path | None) -> None:
    """Write the report of RUN anew, with its plots; with --out the page alone, which needs nothing but itself.

    RUN is a run folder, which contains the spec, the metrics, and the weights, which are evaluated anew; or a spec, for
    its newest run. The data is loaded from where the spec says. A run that isn't finished is shown as far as its newest
    checkpoint. Of a study, whose folder may be RUN too, it is the page of all trials; the folder is all it needs.
    """
    gc.enable()
    console().print(clean(str(api.report(run, out))), markup=False)
