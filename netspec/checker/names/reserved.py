"""Names that have a meaning already, so that a spec can't give them another one."""

from __future__ import annotations

from collections.abc import Container

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer

INPUT = "input"
MEASURED = ("parameters", "flops")
"""What an assertion may name beside params: the number of learned elements, and operations for one sample."""


def meaning_of(name: str, blocks: Container[str] = (), *, measured: bool = True) -> str | None:
    """What a name stands for, in words; None if it is free. `blocks` are those that are declared so far."""
    if name == INPUT:
        return "what comes in"
    if find(Layer, name) is not None:
        return "an operation"
    if measured and name in MEASURED:
        return "what `assert` calls the network's own"
    return "a block" if name in blocks else None
