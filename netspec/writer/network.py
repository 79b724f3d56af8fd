"""A network as a tree of operations in their scopes, as it is to be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from netspec.catalogue.layers import Layer

SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


@dataclass(eq=False)
class Value:
    """What an operation gives, with its sizes, those of the batch included if it has one.

    `name` is what it may be called, if that is known; `path` the name of a parameter or a buffer in the state_dict.
    """

    sizes: tuple[int, ...]
    name: str | None = None
    path: str | None = None


@dataclass(eq=False)
class Node:
    """An operation of a spec. Its inputs are values, or numbers of an operator; `path` is that of its weights."""

    entry: str
    fields: dict[str, Any]
    inputs: list[Any]
    outputs: list[Value]
    path: str | None
    place: str
    layer: Layer | None = None

    @property
    def values(self) -> list[Value]:
        return [item for item in self.inputs if isinstance(item, Value)]


@dataclass(eq=False)
class Scope:
    """A module's operations, in their order; `kind` is its class."""

    path: str
    kind: str
    inputs: list[Value]
    outputs: list[tuple[str | None, Value]]
    items: list[Node | Scope] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        for item in self.items:
            if isinstance(item, Scope):
                yield from item.nodes()
            else:
                yield item
