"""`netspec predict`: what the network of a run makes of files."""

from __future__ import annotations

import gc
from collections.abc import Sequence
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
    from netspec.data.predict_inputs import expand
    from netspec.formats.errors import DataError
    from netspec.problems import NetspecError
    from netspec.program.data_errors import as_problem
    from netspec.runner.uses.saved_run import SavedRun

    saved = SavedRun.of(run, weights)
    try:
        samples = _samples(saved, expand(files), resize)
    except DataError as error:
        raise NetspecError.of(as_problem(error, None)) from error
    found = _predictions(saved, samples)
    if form == "json":
        show_json(found)
        return
    show_table(_table(found))


def _samples(saved: SavedRun, files: Sequence[Path], resize: bool) -> list[tuple[str, np.ndarray]]:
    """A name and the input of each sample."""
    from netspec.data.predict_inputs import read_image, read_rows
    from netspec.formats.errors import DataError

    fields = saved.program.type.fields
    field = fields[0]
    if len(fields) > 1 or field.form == "tokens":
        raise DataError("malformed", f"this network takes {saved.program.type}: no files of that kind can be read")
    if field.form == "image":
        return [(str(path), read_image(path, field, resize=resize)) for path in files]
    gaps = any(step.fills for step in saved.program.data.transform)
    rows = [(path, read_rows(path, field, gaps=gaps)) for path in files]
    return [(f"{path}:{number}", row) for path, table in rows for number, row in enumerate(table, 1)]


def _predictions(saved: SavedRun, samples: Sequence[tuple[str, np.ndarray]]) -> list[dict[str, Any]]:
    import numpy as np

    decided, probabilities = saved.predict([np.stack([values for _, values in samples])])
    found: list[dict[str, Any]] = []
    for place, (name, _) in enumerate(samples):
        if not saved.classes:
            found.append({"sample": name, "number": float(decided[place])})
            continue
        item: dict[str, Any] = {"sample": name, "label": saved.classes[int(decided[place])]}
        if probabilities is not None:
            shares = zip(saved.classes, probabilities[place].tolist(), strict=True)
            item["probabilities"] = dict(sorted(shares, key=lambda pair: -pair[1]))
        found.append(item)
    return found


def _table(found: Sequence[dict[str, Any]]) -> Table:
    """A sample to a line; below its label the classes that come next."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("sample", no_wrap=True)
    table.add_column("prediction", no_wrap=True)
    table.add_column("probability", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for item in found:
        if "number" in item:
            table.add_row(Text(clean(item["sample"])), f"{item['number']:.6g}", "", "")
            continue
        likely = list(item.get("probabilities", {item["label"]: None}).items())[:LISTED]
        for place, (label, share) in enumerate(likely):
            style = "bold" if place == 0 else "dim"
            number, bar = ("", "") if share is None else (f"{100 * share:.1f} %", "█" * round(BAR * share))
            name = clean(item["sample"]) if place == 0 else ""
            table.add_row(Text(name), Text(clean(label), style), Text(number, style), Text(bar, "dim"))
    return table
