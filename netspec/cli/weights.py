"""`netspec weights`: list, download and remove pretrained weights."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from netspec.api.weights import WeightsFacts, fetch_weights, list_weights, named_weights, remove_weights
from netspec.cli.options import format_option
from netspec.cli.output import message, show, show_json, show_table
from netspec.render.words import clean

NETWORK, WEIGHTS = click.argument("network"), click.argument("weights", required=False)


@click.group("weights")
def command() -> None:
    """List, download and remove torchvision's pretrained weights for networks of the zoo.

    They are kept in the cache folder, `NETSPEC_CACHE` or ~/.cache/netspec, as safetensors.
    """


@command.command("list")
@format_option()
def list_all(form: str) -> None:
    """List the weights that there are, and which of them are in the cache."""
    found = list_weights()
    if form == "json":
        show_json([asdict(facts) | {"path": str(facts.path) if facts.path else None} for facts in found])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("network", "weights", "accuracy", "in the cache"):
        number = name == "accuracy"
        table.add_column(name, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for facts in found:
        default = " (default)" if facts.default else ""
        table.add_row(facts.network, facts.weights + default, f"{facts.accuracy:.2f} %", _size(facts))
    show_table(table)


@command.command("fetch")
@NETWORK
@WEIGHTS
@click.option("--file", type=click.Path(path_type=Path), help="take a file that was downloaded elsewhere")
def fetch_one(network: str, weights: str | None, file: Path | None) -> None:
    """Download the WEIGHTS of NETWORK, by default its default ones, and print the path of the safetensors file.

    The file is checked against the hash that torchvision gives, and converted without running any code of it.
    """
    name, chosen = named_weights(network, weights)
    message(f"{'reading' if file else 'downloading'} {chosen} of {name}")
    show(clean(str(fetch_weights(name, chosen, file=file))))


@command.command("remove")
@NETWORK
@WEIGHTS
def remove_some(network: str, weights: str | None) -> None:
    """Remove the WEIGHTS of NETWORK from the cache, by default all of them.

    Their SHA-256 stays recorded, and is required if they are downloaded again.
    """
    message(f"{remove_weights(network, weights) / 2**20:.1f} MiB are free now")


def _size(facts: WeightsFacts) -> str:
    return f"{facts.size / 2**20:.0f} MiB" if facts.path is not None else ""
