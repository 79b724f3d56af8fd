"""`netspec predict`: what the network of a run makes of files."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from netspec.cli.output import show_json, show_table
from netspec.cli.which_weights import weights_option
from netspec.render.words import clean

if TYPE_CHECKING:
    import numpy as np

    from netspec.runner.uses.saved_run import SavedRun

BAR = 20
"""How many columns a probability of 1 takes."""
LISTED = 3
"""How many classes are named for each sample."""


@click.command("predict")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@click.option("--resize", is_flag=True, help="bring images to the size that the network takes")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
def command(run: Path, files: Sequence[Path], weights: str | None, resize: bool, form: str) -> None:
    """Say what the network of RUN makes of FILES: images, folders of images, or CSV files with its columns.

    The folder of the run is enough: it has the spec, the weights, and what the transforms measured in training.
    """
    gc.enable()
    from netspec.data.predict_inputs import read_inputs
    from netspec.formats.errors import DataError
    from netspec.problems import NetspecError
    from netspec.program.data_errors import as_problem
    from netspec.runner.uses.saved_run import SavedRun

    saved = SavedRun.of(run, weights)
    try:
        samples = read_inputs(saved.program, files, resize=resize)
    except DataError as error:
        raise NetspecError.of(as_problem(error, None)) from error
    found = _predictions(saved, samples)
    if form == "json":
        show_json(found)
        return
    show_table(_table(found))


def _predictions(saved: SavedRun, samples: Sequence[tuple[str, np.ndarray]]) -> list[dict[str, Any]]:
    import numpy as np

    decisions, probabilities = saved.predict([np.stack([values for _, values in samples])])
    target = saved.program.type.target
    shares = [None] * len(samples) if probabilities is None else probabilities.tolist()
    found = zip(samples, decisions.tolist(), shares, strict=True)
    return [{"sample": name, **target.prediction(decision, share)} for (name, _), decision, share in found]


def _table(found: Sequence[dict[str, Any]]) -> Table:
    """A sample to a line; below its label the classes that come next."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("sample", no_wrap=True)
    table.add_column("prediction", no_wrap=True)
    table.add_column("probability", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for item in found:
        if "label" not in item:
            table.add_row(Text(clean(item["sample"])), Text(_numbers(item)), "", "")
            continue
        likely = list(item.get("probabilities", {item["label"]: None}).items())[:LISTED]
        for place, (label, share) in enumerate(likely):
            style = "bold" if place == 0 else "dim"
            number, bar = ("", "") if share is None else (f"{100 * share:.1f} %", "█" * round(BAR * share))
            name = clean(item["sample"]) if place == 0 else ""
            table.add_row(Text(name), Text(clean(label), style), Text(number, style), Text(bar, "dim"))
    return table


def _numbers(item: Mapping[str, Any]) -> str:
    """What is predicted where it is no class: one number, or several with their names."""
    numbers = {name: value for name, value in item.items() if name != "sample"}
    if len(numbers) == 1:
        return f"{next(iter(numbers.values())):.6g}"
    return "  ".join(f"{clean(name)} {value:.6g}" for name, value in numbers.items())
