"""Helpers for tests: graphs by hand."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.layers import Layer
from netspec.program.graph import Graph, Input, Node, Output
from netspec.shapes import Shape
from netspec.source import Span


def chain(shape: Shape, layers: Sequence[tuple[str, Layer]], span: Span) -> Graph:
    """A graph in which each layer takes the value of the one before it."""
    return wired(shape, [(path, layer, (number,)) for number, (path, layer) in enumerate(layers)], span)


def wired(shape: Shape, operations: Sequence[tuple[str, Layer, tuple[int, ...]]], span: Span) -> Graph:
    """A graph of operations that give one value each; value 0 is what comes in, 1 what the first operation gives."""
    shapes, nodes = [shape], list[Node]()
    for number, (path, layer, inputs) in enumerate(operations, 1):
        incoming = tuple(shapes[value] for value in inputs)
        outputs = layer.outputs(*incoming)
        nodes.append(Node(path, layer, inputs, (number,), incoming, outputs, span))
        shapes.append(outputs[0])
    return Graph((Input("input", shape),), tuple(nodes), (Output("output", len(nodes)),))
