"""Arguments of calls: inputs of a layer, entries in a field, and operands with an operator between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import takewhile

from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot
from netspec.lang import tree

LITERALS = (tree.Number, tree.Quantity, tree.Text, tree.Constant, tree.List)
"""Expressions that are never a value of the network."""


def count_inputs(arguments: Sequence[tree.Argument], layer: type[Layer]) -> int:
    """The number of leading arguments that are values of the network: unnamed ones that the layer has no field for.

    `chunk(x, 2)` has a field for one of its arguments, so that `x` is a value; `concat(a, b)` has none.
    """
    unnamed = list(takewhile(lambda item: item.name is None, arguments))
    named = {item.name.id for item in arguments[len(unnamed) :] if item.name is not None}
    fields = [name for name in layer.positional if name not in named]
    count = max(0, len(unnamed) - len(fields))
    return 0 if any(isinstance(item.value, LITERALS) for item in unnamed[:count]) else count


def operands(sign: str, node: tree.Expression) -> Iterator[tree.Expression]:
    """The expressions with an operator between them, whether in parentheses or not."""
    inner = node
    while isinstance(inner, tree.Group):
        inner = inner.inner
    if isinstance(inner, tree.Binary) and inner.operator == sign:
        yield from operands(sign, inner.left)
        yield from operands(sign, inner.right)
    else:
        yield node


def chain(sign: str, items: Iterable[tree.Expression]) -> tree.Expression:
    """At least one expression, with an operator between each two."""
    return reduce(lambda left, right: tree.Binary(left.span.to(right.span), sign, left, right), items)


def holds_entries(slot: Slot, node: tree.Expression) -> bool:
    """Whether the value of a field that takes entries is entries. If it takes other values too, entries are calls."""
    if not slot.plain:
        return not (isinstance(node, tree.Constant) and node.value is None)
    items = node.items if isinstance(node, tree.List) else (node,)
    return any(isinstance(item, tree.Call) for item in items)


def as_factor(node: tree.Expression) -> tree.Expression:
    """An expression as the left factor of a product: a number or a name, or else in parentheses."""
    while isinstance(node, tree.Group):
        node = node.inner
    return node if isinstance(node, tree.Number | tree.Name) else tree.Group(node.span, node)
