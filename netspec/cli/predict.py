"""`netspec predict`: predict files with the network of a run."""

from __future__ import annotations

import csv
import gc
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from netspec import api
from netspec.api.saved_runs import Weights
from netspec.cli.options import format_option, run_argument, weights_option
from netspec.cli.output import show_json, show_table, write
from netspec.render.words import clean

if TYPE_CHECKING:
    from netspec.runner.uses.predictions import Prediction

BAR = 20
"""The width of the bar for a probability of 1, in columns."""
REMARKS = 5
"""The number of remarks that are shown."""
LISTED = 3
"""The number of classes that are listed for each sample."""


@click.command("predict")
@run_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@click.option("--resize", is_flag=True, help="bring images to the size that the network takes")
@click.option("--id", "id", metavar="COLUMN", help="column of a table that identifies its rows in the output")
@format_option("text", "json", "csv", help="text, JSON, or CSV with a row per sample")
def command(run: Path, files: Sequence[Path], weights: Weights | None, resize: bool, id: str | None, form: str) -> None:
    """Say what the network of RUN makes of FILES: images, folders of images, or tables with its columns.

    The columns of a table are found by their names, and others are ignored. `--id PassengerId --format csv` writes the
    predictions as a table.

    RUN is a run folder, which contains the spec, the weights, and what the transforms measured in training; or a spec,
    for its newest run.
    """
    gc.enable()
    found = api.predict(run, files, weights, resize=resize, id=id)
    _show_remarks(found)
    if form == "csv":
        write(_csv(found, id))
    elif form == "json":
        show_json([prediction.record() for prediction in found])
    else:
        show_table(_table(found))


def _show_remarks(predictions: Sequence[Prediction]) -> None:
    """What is to be said of the samples, on standard error: of the first of them, and of how many more."""
    remarks = [f"{one.id or one.sample}: {one.remark}" for one in predictions if one.remark]
    for remark in remarks[:REMARKS]:
        click.echo(f"warning: {clean(remark)}", err=True)
    if len(remarks) > REMARKS:
        click.echo(f"warning: the same of {len(remarks) - REMARKS} more samples", err=True)


def _csv(predictions: Sequence[Prediction], id: str | None) -> bytes:
    """A header line and a row per sample: what identifies it, and the prediction without the probabilities."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    rows = [{name: value for name, value in one.values.items() if name != "probabilities"} for one in predictions]
    writer.writerow([id or "sample", *rows[0]])
    for one, row in zip(predictions, rows, strict=True):
        writer.writerow([one.sample if one.id is None else one.id, *row.values()])
    return text.getvalue().encode()


def _table(predictions: Sequence[Prediction]) -> Table:
    """A row per sample; below its label the classes of the next highest probabilities."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("sample", no_wrap=True)
    table.add_column("prediction", no_wrap=True)
    table.add_column("probability", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for prediction in predictions:
        values = prediction.values
        if "label" not in values:
            table.add_row(Text(clean(prediction.id or prediction.sample)), Text(_numbers(values)), "", "")
            continue
        likely = list(values.get("probabilities", {values["label"]: None}).items())[:LISTED]
        for index, (label, probability) in enumerate(likely):
            style = "bold" if index == 0 else "dim"
            percent = "" if probability is None else f"{100 * probability:.1f} %"
            bar = "" if probability is None else "█" * round(BAR * probability)
            name = clean(prediction.id or prediction.sample) if index == 0 else ""
            table.add_row(Text(name), Text(clean(label), style), Text(percent, style), Text(bar, "dim"))
    return table


def _numbers(values: Mapping[str, Any]) -> str:
    """A prediction that is no class: one number, or several with their names."""
    if len(values) == 1:
        return f"{next(iter(values.values())):.6g}"
    return "  ".join(f"{clean(name)} {value:.6g}" for name, value in values.items())
