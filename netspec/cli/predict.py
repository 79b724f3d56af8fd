"""`netspec predict`: predict files with the network of a run."""

from __future__ import annotations

import csv
import gc
from collections.abc import Iterator, Mapping, Sequence
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
from netspec.render.words import clean, count

if TYPE_CHECKING:
    from netspec.runner.uses.predictions import Prediction

BAR = 20
"""The width of the bar for a probability of 1, in columns."""
REMARKS = 5
"""The number of remarks that are shown."""
FEW = 10
"""The largest number of classes that are all listed for each sample."""
LISTED = 5
"""The number of classes that are listed of more."""


@click.command("predict")
@run_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@click.option("--resize", is_flag=True, help="bring images to the size that the network takes")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="number of classes that the text lists per sample")
@click.option("--id", "id", metavar="COLUMN", help="column of a table that identifies its rows in the output")
@format_option("text", "json", "csv", help="text, JSON, or CSV with a row per sample")
def command(
    run: Path,
    files: Sequence[Path],
    weights: Weights | None,
    resize: bool,
    top: int | None,
    id: str | None,
    form: str,
) -> None:
    """Say what the network of RUN makes of FILES: images, folders of images, or tables with its columns.

    The text lists all classes if there are at most 10, else the 5 most likely ones; `--top` sets another number.

    The columns of a table are found by their names, and others are ignored. `--id PassengerId --format csv` writes the
    predictions as a table.

    RUN is a run folder, which contains the spec, the weights, and what the transforms measured in training; or a spec,
    for its newest run.
    """
    if top is not None and form != "text":
        raise click.UsageError("--top is for the text: JSON has all classes, and CSV the predicted one.")
    gc.enable()
    found = api.predict(run, files, weights, resize=resize, id=id)
    _show_remarks(found)
    if form == "csv":
        write(_csv(found, id))
    elif form == "json":
        show_json([prediction.record() for prediction in found])
    else:
        show_table(_table(found, top))


def _show_remarks(predictions: Sequence[Prediction]) -> None:
    """What is to be said of the samples, on standard error: of the first of them, and of how many more."""
    remarks = [f"{one.id or one.sample}: {one.remark}" for one in predictions if one.remark]
    for remark in remarks[:REMARKS]:
        click.echo(f"warning: {clean(remark)}", err=True)
    if len(remarks) > REMARKS:
        click.echo(f"warning: the same of {len(remarks) - REMARKS} more samples", err=True)


def _csv(predictions: Sequence[Prediction], id: str | None) -> bytes:
    """A header line and a row per sample: what identifies it, and the prediction without the probabilities. It is named
    as in the table that the network was trained on."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    rows = [{name: value for name, value in one.values.items() if name != "probabilities"} for one in predictions]
    names = [predictions[0].column or name for name in rows[0]] if len(rows[0]) == 1 else list(rows[0])
    writer.writerow([id or "sample", *names])
    for one, row in zip(predictions, rows, strict=True):
        writer.writerow([one.sample if one.id is None else one.id, *row.values()])
    return text.getvalue().encode()


def _table(predictions: Sequence[Prediction], top: int | None) -> Table:
    """The samples with their predictions: of classes a row for each that is listed, the most likely first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("sample", overflow="fold")
    table.add_column("prediction", overflow="fold")
    if "label" not in predictions[0].values:
        for one, numbers in zip(predictions, _numbers([one.values for one in predictions]), strict=True):
            table.add_row(Text(clean(one.id or one.sample)), Text(numbers))
        return table
    table.add_column("probability", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in predictions:
        for number, row in enumerate(_classes(one.values, top)):
            table.add_row(Text(clean(one.id or one.sample) if number == 0 else ""), *row)
    return table


def _classes(values: Mapping[str, Any], top: int | None) -> Iterator[tuple[Text, Text, Text]]:
    """The listed classes of a sample with their probabilities and bars, and a line for the others together."""
    if "probabilities" not in values:
        yield Text(clean(values["label"]), "bold"), Text(), Text()
        return
    likely = list(values["probabilities"].items())
    most = top or (len(likely) if len(likely) <= FEW else LISTED)
    for index, (label, probability) in enumerate(likely[:most]):
        style = "bold" if index == 0 else "dim"
        yield Text(clean(label), style), Text(_percent(probability), style), Text("█" * round(BAR * probability), "dim")
    if left := [probability for _, probability in likely[most:]]:
        yield Text(f"{count(len(left))} more", "dim"), Text(_percent(sum(left)), "dim"), Text()


def _percent(probability: float) -> str:
    return f"{100 * probability:.1f} %"


def _numbers(predictions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Predictions that are no classes, of each sample one number, or several with their names; their decimal points
    are below each other."""
    columns = [_aligned([values[name] for values in predictions]) for name in predictions[0]]
    names = [f"{clean(name)} " if len(columns) > 1 else "" for name in predictions[0]]
    return ["  ".join(map("".join, zip(names, row, strict=True))).rstrip() for row in zip(*columns, strict=True)]


def _aligned(values: Sequence[float]) -> list[str]:
    """Numbers of six digits, with their decimal points below each other."""
    parts = [f"{value:.6g}".partition(".") for value in values]
    before, behind = (max(len(part[place]) for part in parts) for place in (0, 2))
    return [f"{whole:>{before}}{point or ' ' * bool(behind)}{digits:<{behind}}" for whole, point, digits in parts]
