"""Layers by the text of their calls: what was checked once, here or before an edit, isn't checked again."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.layers import Layer
from netspec.checker.names.index import Field
from netspec.checker.names.scope import Scope
from netspec.checker.names.values import evaluate
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.source import Span

SIZE = 4096
"""How many calls are remembered."""

PLAIN = (tree.Number, tree.Quantity, tree.Text, tree.Constant, tree.Name)
"""Arguments that the text of a call says all of, with the values of the names in it."""

Key = tuple[str, tuple[tuple[type, Any], ...]]
"""The text of a call, and the values of the declared names in it; 1 and 1.0 are two."""


@immutable
class Remembered:
    """A layer, and the field and the value of each argument of its call, in their order."""

    layer: Layer
    arguments: tuple[tuple[Field, Any], ...]


class LayerCache:
    """Calls without a mistake whose arguments are literals and names of such values. The oldest ones are forgotten."""

    def __init__(self) -> None:
        self.calls: dict[Key, Remembered] = {}

    def find(self, node: tree.Operation, scope: Scope, problems: Problems) -> tuple[Layer, dict[str, Span]] | None:
        """The layer of a call and the places of its arguments, by their fields, which are put into the index."""
        key = _key(node, scope)
        known = self.calls.get(key) if key is not None else None
        if known is None:
            return None
        index = scope.index
        function = node if isinstance(node, tree.Name) else node.function
        index.name_entry(function.span, type(known.layer))
        index.evaluate(function.span, known.layer)
        places: dict[str, Span] = {}
        for argument, (field, value) in zip(_arguments(node), known.arguments, strict=True):
            if isinstance(argument.value, tree.Name):
                # the name is used, and means what is declared
                evaluate(argument.value, scope, problems)
            for place in (argument.value,) if argument.name is None else (argument.name, argument.value):
                index.name_field(place.span, field)
                index.assign(place.span, value)
            places[field.slot.name] = argument.value.span
        return known.layer, places

    def remember(self, node: tree.Operation, layer: Layer, scope: Scope) -> None:
        """Keep a call that was checked and had no mistake."""
        key, arguments, index = _key(node, scope), _arguments(node), scope.index
        if key is None or index.paused or not all(isinstance(item.value, PLAIN) for item in arguments):
            return
        fields = [index.fields.get(argument.value.span) for argument in arguments]
        if None in fields:
            return
        if len(self.calls) >= SIZE:
            del self.calls[next(iter(self.calls))]
        found = tuple((field, getattr(layer, field.slot.name)) for field in fields if field is not None)
        self.calls[key] = Remembered(layer, found)


CACHE = LayerCache()
"""What the analyses of one process share."""


def _arguments(node: tree.Operation) -> tuple[tree.Argument, ...]:
    return () if isinstance(node, tree.Name) else node.arguments


def _key(node: tree.Operation, scope: Scope) -> Key | None:
    """What the layer of a call follows from; None if a name in it has a value that isn't a literal, or none yet."""
    values: list[tuple[type, Any]] = []
    for argument in _arguments(node):
        name = argument.value
        owner = scope.owner(name.id.partition(".")[0]) if isinstance(name, tree.Name) else None
        if owner is None or not isinstance(name, tree.Name):
            continue
        value = owner.values.get(name.id)
        if not isinstance(value, int | float | str):
            return None
        values.append((type(value), value))
    return node.span.text, tuple(values)
