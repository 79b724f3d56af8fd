"""Fixes of shape mismatches: other numbers in the operation that one of two values comes from."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.layers import Layer
from netspec.checker.names.scope import Value
from netspec.checker.network.wiring import Placed, Wiring
from netspec.diagnostics import Edit, Fix
from netspec.program.graph import Node
from netspec.program.written import written
from netspec.shapes import Shape


def make_equal(wiring: Wiring, inputs: Sequence[Value]) -> Fix | None:
    """The change of the later of two operations that makes its value like the other, or else of the earlier one."""
    if len(inputs) != 2 or inputs[0].number == inputs[1].number:
        return None
    one, other = sorted(inputs, key=lambda value: value.number)
    return _like(wiring, other, one) or _like(wiring, one, other)


def _like(wiring: Wiring, value: Value, wanted: Value) -> Fix | None:
    node = wiring.makers.get(value.number)
    if node is None or wanted.shape is None:
        return None
    placed, layer = wiring.places[node.span], _changed(node, wanted.shape)
    edits = _edits(node.layer, layer, placed) if layer is not None else None
    return Fix(f"instead, `{written(layer)}` gives {wanted.shape} too", edits) if layer is not None and edits else None


def _changed(node: Node, wanted: Shape) -> Layer | None:
    """The operation with other numbers, so that it gives a shape."""
    layer, before = node.layer, node.input_shapes[0] if node.input_shapes else None
    if before is None or before.rank != wanted.rank:
        return None
    return layer.resized(before, wanted)


def _edits(before: Layer, after: Layer, placed: Placed) -> tuple[Edit, ...] | None:
    """The edits of the numbers that differ; None if one of them isn't written as a number."""
    edits: list[Edit] = []
    for name in type(after).model_fields:
        value = getattr(after, name)
        if value == getattr(before, name):
            continue
        span = placed.arguments.get(name)
        if span is None:
            end = placed.span.source.span(placed.span.end - 1, placed.span.end)
            if end.text != ")":
                return None
            edits.append(Edit(end, f", {name}={value})"))
        elif span.text.isdigit():
            edits.append(Edit(span, str(value)))
        else:
            return None
    return tuple(edits)
