"""Operations to a graph with a proven shape behind each of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from netspec.checker.network import Operation
from netspec.diagnostics import Label
from netspec.problems import Problems
from netspec.problems.shapes import ShapeMismatch, TooLarge
from netspec.program.graph import INPUT, Graph, Node
from netspec.shapes import Misfit, Shape
from netspec.source import Span

NUMBERS_LIMIT = 2**40
"""How many numbers a value of one sample or a learned tensor may have: 4 TiB of float32."""


def infer_shapes(
    input: Shape, input_span: Span | None, operations: Sequence[Operation], problems: Problems
) -> Graph | None:
    """The graph, or None if a shape can't be known; what follows from the first misfit isn't reported.

    `input_span` is the place that says what comes in.
    """
    nodes: list[Node] = []
    shape, came_from = input, input_span
    for index, operation in enumerate(operations):
        if operation.layer is None:
            return None
        try:
            result = operation.layer.infer(shape)
        except Misfit as error:
            problems.add(mismatch(error, shape, operation.span, operation.arguments, came_from))
            return None
        numbers = max(result.size, *map(prod, operation.layer.parameters(shape).values()), 0)
        if numbers > NUMBERS_LIMIT:
            problems.add(TooLarge(operation.span, operation.layer.name(), str(shape), f"{numbers:.1e}"))
            return None
        before = index - 1 if index else INPUT
        nodes.append(Node(operation.path, operation.layer, (before,), shape, result, operation.span))
        shape, came_from = result, operation.span
    return Graph(input, tuple(nodes))


def mismatch(
    error: Misfit, shape: Shape, span: Span, arguments: dict[str, Span], came_from: Span | None
) -> ShapeMismatch:
    """A misfit at the argument to blame, or at the operation, with the place that the value came from."""
    place = arguments.get(error.argument or "", span)
    labels = (Label(came_from, f"gives {shape}"),) if came_from else ()
    return ShapeMismatch(place, error.reason, labels=labels, help=error.help)
