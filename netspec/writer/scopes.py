"""A checked network as a tree of operations in their scopes, from which its lines are written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from netspec.catalogue.layers import Layer
from netspec.program.graph import Graph
from netspec.program.graph import Node as Operation
from netspec.program.values import named_value
from netspec.source import Span
from netspec.writer.errors import CannotTranslate
from netspec.writer.network import SIGNS, Node, Scope, Value

BATCH = 2
"""The size of the batch in the sizes of values; it is written nowhere."""
ARITHMETIC = {name: sign for sign, name in SIGNS.items()}

BlockOf = Callable[[Span], str]
"""The block in whose text a place is; nothing if it is in none."""


def scopes_of(graph: Graph, block_of: BlockOf = lambda _: "", names: Collection[str] = ()) -> Scope:
    """The operations of a graph that its outputs need, in the scopes of their paths.

    An operation without weights keeps its path if that is a label, or one of `names`. Scopes that come from one block
    have its name as their kind.
    """
    return _Builder(graph, block_of, frozenset(names)).root()


@dataclass
class _Builder:
    graph: Graph
    block_of: BlockOf
    names: frozenset[str]
    _values: dict[int, Value] = field(default_factory=dict)
    _forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the first application of a scope consists of, by its path."""
    _seen: set[str] = field(default_factory=set)
    _uses: dict[int, set[int]] = field(default_factory=dict)
    """The operations that take a value, by their indices in the graph; -1 is the end of the network."""

    def root(self) -> Scope:
        for number, shape in enumerate(self.graph.shapes):
            sizes = (BATCH, *shape.dims) if shape.batched else shape.dims
            self._values[number] = Value(sizes)
        for index in self.graph.live:
            for value in self.graph.nodes[index].inputs:
                self._uses.setdefault(value, set()).add(index)
        for output in self.graph.outputs:
            self._uses.setdefault(output.value, set()).add(-1)
        inputs = [self._values[number] for number in range(len(self.graph.inputs))]
        single = len(self.graph.outputs) == 1
        outputs = [(None if single else item.name, self._values[item.value]) for item in self.graph.outputs]
        return Scope("", "", inputs, outputs, self._items(sorted(self.graph.live), "", ""))

    def _items(self, indices: Sequence[int], path: str, kind: str) -> list[Node | Scope]:
        """The operations and scopes in a scope; `kind` is that of the scope."""
        items: list[Node | Scope] = []
        depth = len(path) + 1 if path else 0

        def label(index: int) -> str:
            return self.graph.nodes[index].path[depth:].partition(".")[0]

        def is_below(index: int) -> bool:
            return "." in self.graph.nodes[index].path[depth:]

        for (name, below), group in groupby(indices, lambda index: (label(index), is_below(index))):
            if not below:
                items += [self._node(index) for index in group]
                continue
            inner = f"{path}.{name}" if path else name
            items += self._applied(list(group), inner, kind)
        return items

    def _applied(self, indices: list[int], path: str, kind: str) -> list[Node | Scope]:
        """Operations of one scope in a row: applications of all of it, and of parts of it that are applied again."""
        paths = [self.graph.nodes[index].path for index in indices]
        # what a scope consists of is there when it is applied first
        first = max(map(paths.index, paths)) + 1
        form = self._forms.setdefault(path, tuple(paths[:first]))
        items: list[Node | Scope] = []
        start, rest = 0, list[int]()
        while start < len(indices):
            if tuple(paths[start : start + len(form)]) == form:
                items += self._items(rest, path, kind)
                items.append(self._scope(indices[start : start + len(form)], path, kind))
                start, rest = start + len(form), []
            else:
                rest.append(indices[start])
                start += 1
        return [*items, *self._items(rest, path, kind)]

    def _scope(self, indices: list[int], path: str, around: str) -> Scope:
        nodes = [self.graph.nodes[index] for index in indices]
        made = {value for node in nodes for value in node.outputs}
        taken = dict.fromkeys(value for node in nodes for value in node.inputs if value not in made)
        given = [value for value in sorted(made) if self._uses.get(value, set()) - {*indices}]
        blocks = {self.block_of(node.span) for node in nodes if node.path.count(".") == path.count(".") + 1}
        name = blocks.pop() if len(blocks) == 1 else ""
        # constants are named where they stand
        inputs = [self._values[value] for value in taken if self.graph.shapes[value].batched]
        outputs: list[tuple[str | None, Value]] = [(None, self._values[value]) for value in given]
        items = self._items(indices, path, name)
        return Scope(path, name if name != around else "", inputs, outputs, items)

    def _node(self, index: int) -> Node:
        node = self.graph.nodes[index]
        layer, inputs = node.layer, [self._values[value] for value in node.inputs]
        outputs = [self._values[value] for value in node.outputs]
        place = f"`{node.path}`"
        leaf = node.path.rpartition(".")[2]
        sign = ARITHMETIC.get(layer.name())
        if sign is not None and leaf.startswith(sign):
            return Node(sign, {}, _sides(layer, inputs), outputs, None, place, layer)
        named = not leaf.isdecimal() or node.path in self.names
        path = node.path if node.has_weights or (named and node.path not in self._seen) else None
        self._seen.add(node.path)
        if not node.inputs:
            outputs[0].path = node.path
        return Node(layer.name(), _fields(layer), list(inputs), outputs, path, place, layer)


def _sides(layer: Layer, inputs: list[Value]) -> list[Value | float]:
    number, reflected = getattr(layer, "other", None), getattr(layer, "reflected", False)
    if number is None:
        return [*inputs]
    return [number, *inputs] if reflected else [*inputs, number]


def _fields(layer: Layer) -> dict[str, object]:
    return {name: getattr(layer, name) for name in type(layer).model_fields}


def ensure_same(graph: Graph, other: Graph, names: Collection[str] = ()) -> None:
    """Compare two networks: the same outputs computed by the same operations with weights of the same names, whatever
    the names of other operations are, but for `names`. Raises CannotTranslate if they differ."""
    known: dict[object, int] = {}
    first, second = (_keys(one, known, frozenset(names)) for one in (graph, other))
    if first != second:
        raise CannotTranslate("the network can't be written as text: its text has another meaning")


def _keys(graph: Graph, known: dict[object, int], names: frozenset[str]) -> list[object]:
    def key(item: object) -> int:
        return known.setdefault(item, len(known))

    values = {number: key(("input", item)) for number, item in enumerate(graph.inputs)}
    for node in graph.nodes:
        one = (
            _written_as(node),
            node.path if _is_named(node, names) else "",
            *(values[value] for value in node.inputs),
        )
        values |= {value: key((one, place)) for place, value in enumerate(node.outputs)}
    found: list[object] = [(output.name, values[output.value]) for output in graph.outputs]
    return [*found, *((name, values.get(named_value(graph, name) or 0)) for name in sorted(names))]


def _written_as(node: Operation) -> tuple[str, str]:
    return node.layer.name(), repr(node.layer)


def _is_named(node: Operation, names: frozenset[str]) -> bool:
    return node.has_weights or node.path in names
