"""Layers of a network as learning rates know them, that are to be smaller the farther a layer is from the end."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.program.graph import Graph
from netspec.program.selectors import Patterns, Tensor, learned, listed


def depths(graph: Graph, scopes: Patterns) -> dict[str, int]:
    """How many layers come after that of each learned tensor.

    The layers are the parts of the model, in their order, and in the place of the scopes the parts of these. A part
    without weights, such as a normalisation or a class token, belongs to the layer before it, else to the first.
    """
    parts: dict[str, list[Tensor]] = {}
    for tensor in learned(graph):
        parts.setdefault(_part(tensor.name, listed(scopes)), []).append(tensor)
    layers: list[list[Tensor]] = []
    begun = False
    for part in parts.values():
        if not layers or (begun and _has_weights(part)):
            layers.append([])
        layers[-1] += part
        begun = begun or _has_weights(part)
    return {tensor.name: depth for depth, layer in enumerate(reversed(layers)) for tensor in layer}


def idle_scopes(graph: Graph, scopes: Patterns) -> Iterator[str]:
    """The scopes in which nothing is learned."""
    for scope in listed(scopes):
        if not any(tensor.name.startswith(f"{scope}.") for tensor in learned(graph)):
            yield scope


def _part(name: str, scopes: tuple[str, ...]) -> str:
    """The beginning of a name that is the same for a layer: its first word, and more where that leads to a scope."""
    words = name.split(".")
    length = 1
    while length < len(words) and any(f"{scope}.".startswith(f"{'.'.join(words[:length])}.") for scope in scopes):
        length += 1
    return ".".join(words[:length])


def _has_weights(part: list[Tensor]) -> bool:
    return any(len(tensor.sizes) > 1 and not tensor.is_value for tensor in part)
