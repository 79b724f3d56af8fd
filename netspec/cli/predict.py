"""`netspec predict`: predict files with the network of a run."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from netspec import api
from netspec.api.saved_runs import Weights
from netspec.cli.options import format_option, run_argument, weights_option
from netspec.cli.output import show_json, show_table
from netspec.render.words import clean

if TYPE_CHECKING:
    from netspec.runner.uses.predictions import Prediction

BAR = 20
"""The width of the bar for a probability of 1, in columns."""
LISTED = 3
"""The number of classes that are listed for each sample."""


@click.command("predict")
@run_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@click.option("--resize", is_flag=True, help="bring images to the size that the network takes")
@format_option()
def command(run: Path, files: Sequence[Path], weights: Weights | None, resize: bool, form: str) -> None:
    """Say what the network of RUN makes of FILES: images, folders of images, or CSV files with its columns.

    The folder of the run is enough: it has the spec, the weights, and what the transforms measured in training.
    """
    gc.enable()
    found = api.predict(run, files, weights, resize=resize)
    if form == "json":
        show_json([prediction.record() for prediction in found])
    else:
        show_table(_table(found))


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
            table.add_row(Text(clean(prediction.sample)), Text(_numbers(values)), "", "")
            continue
        likely = list(values.get("probabilities", {values["label"]: None}).items())[:LISTED]
        for index, (label, probability) in enumerate(likely):
            style = "bold" if index == 0 else "dim"
            percent = "" if probability is None else f"{100 * probability:.1f} %"
            bar = "" if probability is None else "█" * round(BAR * probability)
            name = clean(prediction.sample) if index == 0 else ""
            table.add_row(Text(name), Text(clean(label), style), Text(percent, style), Text(bar, "dim"))
    return table


def _numbers(values: Mapping[str, Any]) -> str:
    """A prediction that is no class: one number, or several with their names."""
    if len(values) == 1:
        return f"{next(iter(values.values())):.6g}"
    return "  ".join(f"{clean(name)} {value:.6g}" for name, value in values.items())
