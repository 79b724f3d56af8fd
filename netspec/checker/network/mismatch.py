"""Explanations of shape mismatches: the origin of each input, and the operations that gave it its sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.checker.names.scope import Value
from netspec.checker.network.fixes import make_equal
from netspec.checker.network.wiring import Mismatch, Placed, Wiring
from netspec.diagnostics import Label
from netspec.problems.shapes import ShapeMismatch
from netspec.program.written import written
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

CAUSES = 3
"""How many causes are worth naming."""


def explain(mismatch: Mismatch, wiring: Wiring, help: str | None = None) -> ShapeMismatch:
    """The problem at the argument to blame, or at the operation, with the places that the inputs are from; `help` is
    what else helps there."""
    error, inputs, placed = mismatch.error, mismatch.inputs, mismatch.placed
    span = placed.arguments.get(error.argument or "", placed.span)
    labels = [
        Label(value.span, f"gives {value.shape}{_because(wiring, value)}")
        for value in dict.fromkeys(inputs)
        if value.span is not None
    ]
    joins = len(inputs) > 1
    if joins:
        labels += causes(wiring, inputs)
    labels += _around(wiring, placed)
    before = wiring.replaced_before(inputs)
    labels += before.labels() if before is not None else ()
    instead = before.help if before is not None else None
    return ShapeMismatch(
        span,
        error.reason,
        # of values that disagree the misfit says in which sizes, and what helps is another number in one of them
        mark=(error.help or "") if joins else "",
        labels=(*_distinct(labels), *placed.labels()),
        help=help or (instead or make_equal(wiring, inputs) if joins else error.help or instead),
        joins=joins,
    )


def _around(wiring: Wiring, placed: Placed) -> Iterator[Label]:
    """The step in whose place an operation stands that doesn't fit what comes in."""
    for item in wiring.replaced_around(placed.path):
        yield Label(item.step, f"`{item.replacement.path}`, in whose place it stands")


def _distinct(labels: list[Label]) -> list[Label]:
    """One label for a place; the first is the one that says most."""
    found: dict[object, Label] = {}
    for label in labels:
        found.setdefault(label.span, label)
    return list(found.values())


def _because(wiring: Wiring, value: Value) -> str:
    """`: 28 becomes 14 with stride=2`, where the operation behind a value changed the size of an image."""
    node = wiring.makers.get(value.number)
    if node is None or value.shape is None or not node.input_shapes:
        return ""
    changes = list(_changes(node.input_shapes[0], value.shape))
    return f": {' and '.join(changes)}" if changes else ""


def _changes(before: Shape, after: Shape) -> Iterator[str]:
    """Each spatial size that isn't what it was."""
    if before.rank != after.rank or before.rank < 2:
        return
    sizes = dict.fromkeys(zip(before.spatial, after.spatial, strict=True))
    yield from (f"{old} becomes {new}" for old, new in sizes if old != new)


def causes(wiring: Wiring, inputs: Sequence[Value]) -> list[Label]:
    """For values that disagree in a size: the operations further back that made each what it is."""
    shapes = [value.shape for value in inputs if value.shape is not None]
    if len({shape.rank for shape in shapes}) != 1:
        return []
    found: list[Label] = []
    for index in range(shapes[0].rank):
        if len({shape.dims[index] for shape in shapes} - {1}) > 1:
            found += filter(None, (_origin(wiring, value, index) for value in inputs))
    return found[:CAUSES]


def _origin(wiring: Wiring, value: Value, index: int) -> Label | None:
    """The operation that gave a size of a value to it, followed back along the first inputs."""
    while (node := wiring.makers.get(value.number)) is not None and node.inputs:
        before = node.input_shapes[0]
        after = value.shape
        if after is None or before.rank != after.rank or before.dims[index] != after.dims[index]:
            if after is None or before.rank != after.rank:
                return None
            return Label(node.span, f"{before.dims[index]} becomes {after.dims[index]} at `{written(node.layer)}`")
        value = wiring.values[node.inputs[0]]
    return None


def data_mismatch(
    error: MisfitError, shape: Shape, span: Span, arguments: dict[str, Span], came_from: Span | None
) -> ShapeMismatch:
    """A misfit of what is done to the data before it comes to the network."""
    labels = (Label(came_from, f"gives {shape}"),) if came_from else ()
    return ShapeMismatch(arguments.get(error.argument or "", span), error.reason, labels=labels, help=error.help)
