"""The networks of the zoo in the terminal and as JSON: a line for each, and the page of one with its weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.lang import tree
from netspec.lang.text.expressions import parameter
from netspec.lang.text.parser import parse
from netspec.problems import Problems
from netspec.source import Source
from netspec.zoo import NAME, Network, declaring, library_files

MILLION, BILLION = 1e6, 1e9


def render_networks(networks: Iterable[Network]) -> RenderableType:
    """A table of networks: parameters, floating-point operations, input, accuracy of the usual weights, paper."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("network")
    for column in ("parameters", "FLOPs", "input", "top-1"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("paper")
    for network in networks:
        usual = network.weights.get(network.default_weights or "")
        accuracy = f"{usual.accuracy:.1f} %" if usual is not None else ""
        size = str(list(network.input))
        table.add_row(
            f"{NAME}.{network.name}", _millions(network), _billions(network), size, accuracy, Text(network.source)
        )
    return table


def render_network(network: Network) -> RenderableType:
    """The page of a network."""
    weights = Table(box=SIMPLE_HEAD)
    weights.add_column("weights")
    for column in ("top-1", "image", "mean", "std"):
        weights.add_column(column, justify="right")
    for name, item in network.weights.items():
        image = f"{item.crop} of {item.resize}, {item.interpolation}"
        usual = " (default)" if item.default else ""
        weights.add_row(f"{name}{usual}", f"{item.accuracy:.1f} %", image, _numbers(item.mean), _numbers(item.std))
    size = f"{network.parameters:_} parameters, {_billions(network)} FLOPs for {list(network.input)}"
    return Group(
        Text(f"network {NAME}.{network.name}", "bold"),
        Text(f"\n  body: {NAME}.{signature(network)}\n"),
        Text(f"{network.source}."),
        Text(size.replace("_", " ")),
        weights,
    )


def network_as_json(network: Network) -> dict[str, Any]:
    return {
        "name": f"{NAME}.{network.name}",
        "signature": signature(network),
        "source": network.source,
        "parameters": network.parameters,
        "flops": network.flops,
        "input": list(network.input),
        "weights": {name: asdict(item) for name, item in network.weights.items()},
    }


def signature(network: Network) -> str:
    """The network with its arguments and their defaults, as its library file has them: `resnet18(classes=1000)`."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in library_files()]
    path = declaring(network.name, texts)
    assert path is not None, "every network has a library file"
    body = parse(Source(path.name, dict(texts)[path]), Problems()).body
    blocks = (item for item in body.statements if isinstance(item, tree.Block) and item.name.id == network.name)
    return f"{network.name}({', '.join(map(parameter, next(blocks).parameters))})"


def _millions(network: Network) -> str:
    return f"{network.parameters / MILLION:.1f} M"


def _billions(network: Network) -> str:
    return f"{network.flops / BILLION:.2f} G"


def _numbers(numbers: Iterable[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
