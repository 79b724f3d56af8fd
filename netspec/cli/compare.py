"""`netspec compare`: show runs side by side."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.cli.options import force_option, format_option, out_option
from netspec.cli.output import message, show_json, show_table, write_file
from netspec.render.comparison import comparison_as_json, render_comparison


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN RUN...")
@out_option("the page to write, with the curves over each other")
@force_option
@format_option()
def command(runs: tuple[Path, ...], out: Path | None, force: bool, form: str) -> None:
    """Say what runs were set to do otherwise, and what they came to, with the best of each number marked.

    A RUN is a folder, or a spec whose newest run it is; that of a trial is STUDY/trials/0007. A study alone stands for
    its best five trials, and beside others for its best one. The folders are enough; runs that aren't finished are
    compared as far as they are.
    """
    found = api.compare([api.find_run(run) for run in runs])
    if len(found.runs) < 2:
        raise click.UsageError("It takes two runs to compare.")
    if form == "json":
        show_json(comparison_as_json(found))
    else:
        show_table(render_comparison(found))
    if out is None:
        return
    gc.enable()
    from netspec.report.comparison import page

    write_file(out, page(found).encode(), force=force)
    message(f"the page: {out}")
