"""`netspec export`: export the network of a run to files for other programs."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import get_args

import click

from netspec import api
from netspec.api.saved_runs import Weights
from netspec.catalogue.export_formats import export_formats
from netspec.catalogue.sections.export import Inside
from netspec.cli.options import force_option, out_option, run_argument, weights_option
from netspec.cli.output import message, show
from netspec.render.exports import export_line
from netspec.render.words import clean

NUMBERS = re.compile(r"(\d{1,9})(?:\.\.(\d{1,9}))?", re.ASCII)


def _read_range(context: click.Context, option: click.Parameter, given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    found = NUMBERS.fullmatch(given.replace(" ", ""))
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high < 2**31:
        raise click.BadParameter(f"`{given}` is neither a number, such as 8, nor a range, such as 1..64.")
    return low, high


@click.command("export")
@run_argument
@click.option("--to", "formats", multiple=True, type=click.Choice(tuple(export_formats())), help="format of the file")
@out_option("the file to write; by default one in the folder `export` of RUN")
@click.option(
    "--inside",
    multiple=True,
    type=click.Choice(get_args(Inside)),
    help="let the file apply the transforms, and turn outputs into probabilities; may be given twice",
)
@click.option(
    "--batch",
    callback=_read_range,
    metavar="RANGE",
    help="numbers of samples that the file takes at a time: 8 or 1..64",
)
@click.option("--size", callback=_read_range, metavar="RANGE", help="heights and widths of images: 28..64")
@click.option(
    "--agreement",
    type=click.FloatRange(0, 100, min_open=True, max_open=True),
    metavar="PERCENT",
    help="percentage of test samples for which the file has to decide as the network does; by default 99.9",
)
@weights_option
@force_option
def command(
    run: Path,
    formats: tuple[str, ...],
    out: Path | None,
    inside: tuple[Inside, ...],
    batch: tuple[int, int] | None,
    size: tuple[int, int] | None,
    agreement: float | None,
    weights: Weights | None,
    force: bool,
) -> None:
    """Export the network of RUN to a file that other programs run without netspec, and print its path.

    The file is loaded again and compared with the network on all samples of the test split. If it decides otherwise on
    more of them than --agreement allows, the export fails and leaves no file. Its metadata has the names of the
    classes, how outputs are decided on, the statistics of the transforms and the hash of the spec; three samples with
    their outputs are written beside it.

    What isn't given is as in the section `export` of the spec, also the formats. RUN is a run folder, or a spec, for
    its newest run.
    """
    wanted = formats or _formats_of(run)
    if out is not None and len(wanted) > 1:
        raise click.UsageError("--out names one file, but here are several formats: give one with --to.")
    gc.enable()
    for format in wanted:
        found = api.export(
            run,
            format,
            out,
            inside=inside or None,
            batch=batch,
            size=size,
            agreement=agreement,
            weights=weights,
            force=force,
        )
        message(export_line(found.record))
        show(clean(str(found.path)))


def _formats_of(run: Path) -> tuple[str, ...]:
    """The formats that the spec of a run exports to."""
    from netspec.checker import saved_program

    export = saved_program(run).export
    if export is None:
        raise click.UsageError(
            f"give a format with --to: {', '.join(export_formats())}; the spec of the run names none."
        )
    return tuple(export.files)
