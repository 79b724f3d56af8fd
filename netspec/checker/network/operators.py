"""Operators between values of the network: the operations that they stand for, and what helps where they don't fit."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.linear import Linear
from netspec.checker.names.scope import Value
from netspec.program.written import written
from netspec.shapes import MisfitError, Shape

OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


def operator(sign: str, left: Any, right: Any) -> Layer:
    """The operation that an operator stands for, of two values or of a value and a number on one side of it."""
    entry = find(Layer, OPERATORS[sign])
    assert entry is not None
    if isinstance(left, Value) and isinstance(right, Value):
        return entry()
    if isinstance(left, Value):
        return entry.model_validate({"other": float(right)})
    return entry.model_validate({"other": float(left), "reflected": True})


def residual_help(before: Shape | None, after: Shape | None) -> str | None:
    """The projection that makes what comes in like what the body gives."""
    if before is None or after is None or before.rank != after.rank:
        return None
    projection = _projection(before, after)
    return f"a projection makes them equal: (input -> {written(projection)}) + …" if projection else None


def _projection(before: Shape, after: Shape) -> Layer | None:
    if before.rank == 1:
        return Linear(out_features=after.last)
    strides = {-(-old // new) for old, new in zip(before.spatial, after.spatial, strict=True)}
    if len(strides) != 1:
        return None
    layer = Conv(out_channels=after.channels, kernel_size=1, stride=strides.pop())
    try:
        return layer if layer.infer(before) == after else None
    except MisfitError:
        return None
