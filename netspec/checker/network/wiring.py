"""Wiring: the graph of a network as it grows, one operation at a time, with its shapes proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from netspec.catalogue.layers import Layer
from netspec.checker.names.scope import Unresolved, Value
from netspec.checker.network.replacements import Applied
from netspec.diagnostics import Label
from netspec.immutable import immutable
from netspec.problems import Problems
from netspec.problems.shapes import SharedMismatch, TooLarge
from netspec.program.graph import Graph, Input, Node, Output
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

NUMBERS_LIMIT = 2**40
"""How many numbers a value of one sample or a learned tensor may have: 4 TiB of float32."""


@immutable
class Call:
    """A block that is being gone through: its name, and the place of its call."""

    name: str
    span: Span


@immutable
class Placed:
    """An operation where it stands: its name in the state_dict, its places in the text, and the calls around it."""

    path: str
    span: Span
    arguments: Mapping[str, Span]
    calls: tuple[Call, ...] = ()
    shared: bool = False

    def labels(self) -> tuple[Label, ...]:
        """The calls, innermost first, for a message about what stands within a block."""
        return tuple(Label(call.span, f"in this `{call.name}`") for call in reversed(self.calls[-3:]))


class Mismatch(Exception):  # noqa: N818 - it is explained where the operation is written
    """An operation whose inputs don't fit: the values that come in, and the error of its shape rule."""

    def __init__(self, error: MisfitError, inputs: Sequence[Value], placed: Placed) -> None:
        super().__init__(error.reason)
        self.error = error
        self.inputs = inputs
        self.placed = placed


class Wiring:
    """Grows by one operation at a time. A value that can't be had is one without a shape, and so is what follows."""

    def __init__(self, problems: Problems, *, whole: bool = True) -> None:
        self.problems = problems
        # where something of the network couldn't be read, what doesn't fit may follow from that
        self.whole = whole
        self.inputs: list[Input] = []
        self.nodes: list[Node] = []
        self.values: list[Value] = []
        self.makers: dict[int, Node] = {}
        self.owners: dict[str, Node] = {}
        self.places: dict[Span, Placed] = {}
        self.applied: dict[str, Applied] = {}
        self.substitutes: dict[int, Applied] = {}
        self.broken = False

    def input(self, name: str, shape: Shape | None, span: Span | None) -> Value:
        """A value that the network takes."""
        if shape is None:
            return self.unknown(span)
        self.inputs.append(Input(name, shape))
        return self._value(shape, span)

    def unknown(self, span: Span | None = None) -> Value:
        """A value that can't be had; the graph is never whole with one."""
        self.broken = True
        return Value(-1, None, span)

    def operation(self, layer: Layer, inputs: Sequence[Value], placed: Placed) -> tuple[Value, ...]:
        """The outputs of an operation. Raises Mismatch if its inputs don't fit, and Unresolved if one of them is
        unknown, or after reporting another reason."""
        shapes = [value.shape for value in inputs if value.shape is not None]
        if len(shapes) < len(inputs):
            self.broken = True
            raise Unresolved
        try:
            found = layer.outputs(*shapes)
        except MisfitError as error:
            self.broken = True
            raise Mismatch(error, inputs, placed) from None
        first = len(self.values)
        numbers, taken = tuple(range(first, first + len(found))), tuple([value.number for value in inputs])
        node = Node(placed.path, layer, taken, numbers, tuple(shapes), found, placed.span)
        self._check_size(node)
        outputs = tuple([self._value(shape, placed.span) for shape in found])
        self._check_shared(node, placed)
        self.nodes.append(node)
        self.places[placed.span] = placed
        for number in numbers:
            self.makers[number] = node
        return outputs

    def graph(self, outputs: Sequence[tuple[str, Value]]) -> Graph | None:
        """The whole graph, or None if a part of it can't be had."""
        if self.broken or any(value.shape is None for _, value in outputs):
            return None
        named = tuple(Output(name, value.number) for name, value in outputs)
        return Graph(tuple(self.inputs), tuple(self.nodes), named)

    def replaced_around(self, path: str) -> list[Applied]:
        """The replacement that an operation is part of, if it is one."""
        return [item for scope, item in self.applied.items() if f"{path}.".startswith(f"{scope}.")]

    def replaced_before(self, values: Iterable[Value]) -> Applied | None:
        """The nearest replacement behind some values that gives another shape than what was there before it."""
        waiting, seen = [value.number for value in values], set[int]()
        for number in waiting:
            applied, maker = self.substitutes.get(number), self.makers.get(number)
            if applied is not None and applied.before != applied.gives:
                return applied
            further = [] if maker is None else [item for item in maker.inputs if item not in seen]
            seen.update(further)
            waiting += further
        return None

    def _value(self, shape: Shape, span: Span | None) -> Value:
        value = Value(len(self.values), shape, span)
        self.values.append(value)
        return value

    def _check_size(self, node: Node) -> None:
        """No value and no parameter has more elements than fit into any memory."""
        elements = max(map(prod, [*[shape.dims for shape in node.shapes], *node.parameters.values()]))
        if elements > NUMBERS_LIMIT:
            self.broken = True
            self.problems.add(TooLarge(node.span, node.layer.name(), _listed(node.input_shapes), f"{elements:.1e}"))
            raise Unresolved

    def _check_shared(self, node: Node, placed: Placed) -> None:
        """Weights that are used again fit what comes in now."""
        owner = self.owners.setdefault(node.path, node)
        if owner is node or not placed.shared:
            return
        if (owner.has_weights or node.has_weights) and _weights(owner) != _weights(node):
            self.broken = True
            labels = (
                Label(owner.span, f"has its weights for {_listed(owner.input_shapes)}"),
                *(Label(item.replacement.place.span, "replaced in both") for item in self.replaced_around(node.path)),
            )
            place = placed.calls[-1].span if placed.calls else placed.span
            if self.whole:
                self.problems.add(SharedMismatch(place, node.path, _listed(node.input_shapes), labels))
            raise Unresolved


def _weights(node: Node) -> tuple[object, ...]:
    """What two operations have in common if they can share their weights."""
    return node.layer, node.parameters, node.buffers, node.layer.variant(*node.input_shapes)


def _listed(shapes: Sequence[Shape]) -> str:
    return ", ".join(map(str, shapes))
