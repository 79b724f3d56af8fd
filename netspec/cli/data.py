"""`netspec data`: what the data of a spec is, and what training makes of it."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec.checker import check_file
from netspec.cli.output import message, show, show_diagnostics, show_json, show_table, without_notes, write_file
from netspec.cli.overrides import overridable
from netspec.problems import NetspecError
from netspec.program.naming import as_file_name
from netspec.program.program import Program
from netspec.render.as_json import diagnostics_as_json

if TYPE_CHECKING:
    from netspec.data.prepare import PreparedData, RawSplits

ROWS, EPOCHS = 10, 5
"""How many samples are shown, and in how many epochs."""
DEFAULT = Path("<spec>-data.png")


@click.command("data")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option(
    "--show",
    "shown",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=str(DEFAULT),
    help="show samples as they are and as the network sees them, images in a PNG: FILE, or <spec>-data.png",
    metavar="[FILE]",
)
@click.option("--force", is_flag=True, help="write over a file that is there")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
@overridable
def command(spec: Path | None, shown: Path | None, force: bool, form: str, overrides: dict[str, str]) -> None:
    """Say what the data of SPEC is: its source, splits, classes and numbers, before and after the transforms.

    With --show also some samples, as they are and as a run with this seed sees them in its first epochs, written
    behind SPEC: `netspec data SPEC --show`.
    """
    if spec is None:
        hint = f" Did you mean 'netspec data {shown} --show'?" if shown not in (None, DEFAULT) else ""
        raise click.UsageError(f"Missing argument 'SPEC'.{hint}")
    if shown is not None and shown != DEFAULT and shown.suffix.lower() != ".png":
        raise click.UsageError(f"--show writes a PNG, and {shown} isn't called one.")
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    gc.enable()
    import torch

    from netspec.data.facts import DataFacts
    from netspec.data.prepare import load_splits, prepare_splits
    from netspec.formats.errors import DataError
    from netspec.program.data_errors import as_problem
    from netspec.report.data_facts import facts_as_json, render_facts

    try:
        raw = load_splits(program)
        data = prepare_splits(raw, torch.device("cpu"))
    except DataError as error:
        raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
    facts = DataFacts.of(raw, data)
    found = [problem.diagnose() for problem in facts.problems()]
    if form == "json":
        show_json({**facts_as_json(facts), "diagnostics": diagnostics_as_json(found)})
    else:
        show_table(render_facts(facts))
    show_diagnostics(found, sys.stderr)
    if shown is not None:
        _show(program, raw, data, shown, force=force, quiet=form == "json")


def _show(program: Program, raw: RawSplits, data: PreparedData, path: Path, *, force: bool, quiet: bool) -> None:
    """Images in a file, rows of tables and words on the terminal."""
    from netspec.data.preview import preview
    from netspec.report.data_facts import render_rows

    found = preview(raw, data, ROWS, EPOCHS)
    images = [one for one in found if one.field.type.pictured]
    for one in found:
        if not one.field.type.pictured and not quiet:
            show("")
            show_table(render_rows(one))
    if images:
        from netspec.report.charts.style import png
        from netspec.report.samples import grid

        path = Path(f"{as_file_name(program.name)}-data.png") if path == DEFAULT else path
        write_file(path, png(grid(images)), force=force)
        message(f"samples as the network sees them: {path}")
    elif path != DEFAULT:
        message(f"there are no images to write to {path}")
