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
from netspec.cli.options import force_option, out_option, weights_option
from netspec.cli.output import message, show, write_file
from netspec.program.naming import as_file_name, name_of
from netspec.render.exports import export_line
from netspec.render.words import clean
from netspec.saved.spec import SavedSpec

PYTHON = "python"
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
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "formats",
    multiple=True,
    type=click.Choice((*export_formats(), PYTHON)),
    help="format of the file; python is a script that trains the network without netspec",
)
@out_option("the file to write; by default one in the folder `export` of RUN, a script in the current folder")
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
    its newest run. With --to python it may be a spec that was never run: the script loads the same data, trains to the
    same bits on a CPU and measures the same numbers.
    """
    if PYTHON in formats:
        given = (inside, batch, size, agreement, weights)
        if len(formats) > 1 or any(given):
            raise click.UsageError(f"--to {PYTHON} stands alone, with --out or --force.")
        _write_script(run, out, force=force)
        return
    run = api.find_run(run)
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


def _write_script(source: Path, out: Path | None, *, force: bool) -> None:
    """Write a spec, or that of a run, as a script, and print its path."""
    text = api.script(source)
    written = source if source.suffix in (".net", ".json") else Path(SavedSpec.of(source).source.name)
    path = out or Path(f"{as_file_name(name_of(written))}.py")
    write_file(path, text.encode(), force=force)
    show(clean(str(path)))


def _formats_of(run: Path) -> tuple[str, ...]:
    """The formats that the spec of a run exports to."""
    from netspec.checker import saved_program

    export = saved_program(run).export
    if export is None:
        raise click.UsageError(
            f"give a format with --to: {', '.join(export_formats())}; the spec of the run names none."
        )
    return tuple(export.files)
