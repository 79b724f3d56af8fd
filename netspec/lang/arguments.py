"""Which of a layer's arguments are values of the network, and which are its fields'."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from netspec.catalogue.layers import Layer
from netspec.lang import tree

LITERALS = (tree.Number, tree.Quantity, tree.Text, tree.Constant, tree.List)
"""What is never a value of the network."""


def count_inputs(arguments: Sequence[tree.Argument], layer: type[Layer]) -> int:
    """How many of the leading arguments are values: those without a name that the layer has no field for.

    `chunk(x, 2)` has a field for one of its arguments, so that `x` is a value; `concat(a, b)` has none.
    """
    unnamed = list(takewhile(lambda item: item.name is None, arguments))
    named = {item.name.id for item in arguments[len(unnamed) :] if item.name is not None}
    fields = [name for name in layer.positional if name not in named]
    count = max(0, len(unnamed) - len(fields))
    return 0 if any(isinstance(item.value, LITERALS) for item in unnamed[:count]) else count
