"""Values of a network by the names of the layers and scopes that give them."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.diagnostics import did_you_mean
from netspec.program.graph import Graph


def named_value(graph: Graph, name: str | None) -> int | None:
    """The number of the value that a layer or a scope of that name gives, of one that is applied again the last; that
    of the output without a name. None if there is none."""
    if name is None:
        return graph.outputs[0].value
    within = [node for node in graph.nodes if node.path == name or node.path.startswith(f"{name}.")]
    return within[-1].outputs[0] if within else None


def nearest_name(graph: Graph, name: str) -> str | None:
    """The name of a layer or a scope that was likely meant."""
    return did_you_mean(name, dict.fromkeys(found for node in graph.nodes for found in _around(node.path)))


def _around(path: str) -> Iterable[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
