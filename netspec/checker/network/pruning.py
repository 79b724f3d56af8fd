"""Pruning: the operations of zoo networks that nothing takes a value from, such as the head of a body, are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netspec.program.graph import Graph, Node

UNREAD = "left out, as nothing takes what it gives"
"""Why an operation is left out."""


def is_below(path: str, scopes: Mapping[str, str]) -> bool:
    """Whether a path is that of one of the scopes, or stands in one."""
    return any(path == scope or path.startswith(f"{scope}.") for scope in scopes)


def pruned(graph: Graph) -> Graph:
    """The graph without operations of zoo networks whose values come to nothing, and with a record of those that have
    weights: their files have tensors for them."""
    kept = [index in graph.live or not is_below(node.path, graph.bodies) for index, node in enumerate(graph.nodes)]
    if all(kept):
        return graph
    numbers = {number: number for number in range(len(graph.inputs))}
    nodes: list[Node] = []
    for node, keep in zip(graph.nodes, kept, strict=True):
        if keep:
            numbers |= {old: len(numbers) + place for place, old in enumerate(node.outputs)}
            inputs, outputs = (tuple(numbers[old] for old in values) for values in (node.inputs, node.outputs))
            nodes.append(replace(node, inputs=inputs, outputs=outputs))
    paths = {node.path for node in nodes}
    gone = {node.path: UNREAD for node in graph.nodes if node.has_weights and node.path not in paths}
    ends = tuple(replace(output, value=numbers[output.value]) for output in graph.outputs)
    return replace(graph, nodes=tuple(nodes), outputs=ends, left_out={**graph.left_out, **gone})
