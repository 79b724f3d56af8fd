"""Operators between values of the network: the layers that they stand for, and what helps where they don't fit."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.entry import entries, find
from netspec.catalogue.layers import Layer
from netspec.checker.names.scope import Value
from netspec.program.written import written
from netspec.shapes import Shape

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
    found = (entry.projection(before, after) for entry in entries(Layer))
    projection = next(filter(None, found), None)
    return f"a projection makes them equal: (input -> {written(projection)}) + …" if projection else None
