"""Layers by the text of their calls: what was checked once, here or before an edit, isn't checked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from netspec.catalogue.layers import Layer
from netspec.checker.names.index import Field, Index
from netspec.lang import tree
from netspec.source import Span

SIZE = 4096
"""How many calls are remembered."""

PLAIN = (tree.Number, tree.Quantity, tree.Text, tree.Constant, tree.Name)
"""Values that a text says all of, if nothing has the name."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A layer, and the field and the value of each argument of its call, in their order."""

    layer: Layer
    arguments: tuple[tuple[Field, Any], ...]


class LayerCache:
    """Calls without a mistake whose arguments name nothing that a spec declares. The oldest ones are forgotten."""

    def __init__(self) -> None:
        self.calls: dict[str, Remembered] = {}

    def find(self, node: tree.Name | tree.Call, index: Index) -> tuple[Layer, dict[str, Span]] | None:
        """The layer of a call and the places of its arguments, by their fields, which are put into the index."""
        known = self.calls.get(node.span.text)
        if known is None:
            return None
        function = node if isinstance(node, tree.Name) else node.function
        arguments = () if isinstance(node, tree.Name) else node.arguments
        index.name_entry(function.span, type(known.layer))
        index.evaluate(function.span, known.layer)
        for argument, (field, value) in zip(arguments, known.arguments, strict=True):
            for place in filter(None, (argument.name, argument.value)):
                index.name_field(place.span, field)
                index.assign(place.span, value)
        fields = (field.slot.name for field, _ in known.arguments)
        return known.layer, {name: item.value.span for name, item in zip(fields, arguments, strict=True)}

    def remember(self, node: tree.Name | tree.Call, layer: Layer, index: Index) -> None:
        """Keep a call that was checked and had no mistake."""
        arguments = () if isinstance(node, tree.Name) else node.arguments
        fields = [index.fields.get(argument.value.span) for argument in arguments]
        if index.paused or None in fields or not all(isinstance(item.value, PLAIN) for item in arguments):
            return
        if len(self.calls) >= SIZE:
            del self.calls[next(iter(self.calls))]
        found = tuple((field, getattr(layer, field.slot.name)) for field in fields if field is not None)
        self.calls[node.span.text] = Remembered(layer, found)


CACHE = LayerCache()
"""What the analyses of one process share."""
