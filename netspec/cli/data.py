"""`netspec data`: show what the data of a spec is, and how it is transformed for training."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import force_option, format_option, overridable
from netspec.cli.output import message, show, show_diagnostics, show_json, show_table, write_file
from netspec.program.naming import as_file_name
from netspec.render.as_json import diagnostics_as_json

if TYPE_CHECKING:
    from netspec.api.data_facts import DataReport
    from netspec.data.preview import Preview

DEFAULT = Path("<spec>-data.png")


@click.command("data")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option(
    "--show",
    "preview",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=str(DEFAULT),
    help="show samples as they are and as the network sees them; images, and points in a plane, in a PNG: FILE, or "
    "<spec>-data.png",
    metavar="[FILE]",
)
@click.option(
    "--on",
    type=click.Path(path_type=Path),
    metavar="IMAGE",
    help="show this image in place of samples of the data, in a PNG: FILE, or <spec>-<image>.png",
)
@click.option("--resize", is_flag=True, help="resize IMAGE to the size of the data")
@force_option
@format_option()
@overridable
def command(
    spec: Path | None,
    preview: Path | None,
    on: Path | None,
    resize: bool,
    force: bool,
    form: str,
    overrides: dict[str, str],
) -> None:
    """Say what the data of SPEC is: its source, splits, classes and numbers, before and after the transforms.

    With --show also some samples, as they are and as a run with this seed sees them in its first epochs, written
    behind SPEC: `netspec data SPEC --show`. With --on the same of an image of yours, to try augmentations on.
    """
    if resize and on is None:
        raise click.UsageError("--resize is for the image of --on.")
    if on is not None:
        preview = preview or DEFAULT
    if spec is None:
        hint = f" Did you mean 'netspec data {preview} --show'?" if preview not in (None, DEFAULT) else ""
        raise click.UsageError(f"Missing argument 'SPEC'.{hint}")
    if preview is not None and preview != DEFAULT and preview.suffix.lower() != ".png":
        raise click.UsageError(f"--show writes a PNG, and {preview} isn't called one.")
    program = checked_program(spec, overrides)
    gc.enable()
    found = api.data_facts(program, preview=preview is not None, on=on, resize=resize)
    from netspec.report.data_facts import facts_as_json, render_facts

    if form == "json":
        show_json({**facts_as_json(found.facts), "diagnostics": diagnostics_as_json(found.diagnostics)})
    else:
        show_table(render_facts(found.facts))
    show_diagnostics(found.diagnostics, sys.stderr)
    if form != "json":
        _show_rows(found.previews)
    if preview is not None:
        shown = as_file_name(f"{program.name}-{on.stem if on is not None else 'data'}")
        _write_drawing(found, preview, f"{shown}.png", force=force)


def _show_rows(previews: Sequence[Preview]) -> None:
    """Rows of tables and words on the terminal."""
    from netspec.report.data_facts import render_rows

    for preview in previews:
        if not preview.field.type.pictured:
            show("")
            show_table(render_rows(preview))


def _write_drawing(found: DataReport, path: Path, default: str, *, force: bool) -> None:
    """Images, or points in a plane, in a file."""
    from netspec.report.charts.plane import scatter
    from netspec.report.charts.style import png
    from netspec.report.samples import grid

    images = [preview for preview in found.previews if preview.field.type.pictured]
    if not images and found.points is None:
        if path != DEFAULT:
            message(f"there are no images and no points in a plane to write to {path}")
        return
    path = Path(default) if path == DEFAULT else path
    figure = grid(images) if found.points is None else scatter(found.points, "training split")
    write_file(path, png(figure), force=force)
    message(f"{'samples as the network sees them' if images else 'the points of the training split'}: {path}")
