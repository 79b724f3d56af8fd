"""Help with shape mismatches: other numbers in the operation that one of two values comes from."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.layers import Layer
from netspec.checker.names.scope import Value
from netspec.checker.network.wiring import Wiring
from netspec.program.graph import Node
from netspec.program.written import written
from netspec.shapes import Shape


def make_equal(wiring: Wiring, inputs: Sequence[Value]) -> str | None:
    """The change of the later of two operations that makes its value like the other, or else of the earlier one."""
    if len(inputs) != 2 or inputs[0].number == inputs[1].number:
        return None
    one, other = sorted(inputs, key=lambda value: value.number)
    return _like(wiring, other, one) or _like(wiring, one, other)


def _like(wiring: Wiring, value: Value, wanted: Value) -> str | None:
    node = wiring.makers.get(value.number)
    if node is None or wanted.shape is None:
        return None
    layer = _changed(node, wanted.shape)
    return f"instead, `{written(layer)}` gives {wanted.shape} too" if layer not in (None, node.layer) else None


def _changed(node: Node, wanted: Shape) -> Layer | None:
    """The operation with other numbers, so that it gives a shape."""
    layer, before = node.layer, node.input_shapes[0] if node.input_shapes else None
    if before is None or before.rank != wanted.rank:
        return None
    return layer.resized(before, wanted)
