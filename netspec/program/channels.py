"""The channels of a network: which of them can be removed together, and why the others can't be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netspec.catalogue.channels import Axes, Axis, Channels, Ties, Value, places
from netspec.immutable import immutable
from netspec.program.graph import Graph, Node
from netspec.program.selectors import Patterns, Selection, select

NOT_KNOWN = "`{name}` isn't known to keep channels apart"
MIXES = "`{name}` computes its features from one another"


@immutable
class Slice:
    """Positions of a tensor along one of its dimensions; `read` says that the operation reads them, and doesn't give
    values for them."""

    tensor: str
    dim: int
    positions: tuple[int, ...]
    read: bool


@immutable
class Group:
    """Channels that can only be removed together: their number, and all that they are of tensors."""

    number: int
    slices: tuple[Slice, ...]

    @property
    def family(self) -> tuple[tuple[str, int], ...]:
        """The dimensions of tensors that it is in, which are those of all groups that come from the same layers."""
        return tuple((item.tensor, item.dim) for item in self.slices)


@immutable
class Fixed:
    """A layer none of whose channels can be removed: the path of the operation, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class ChannelMap:
    """The channels of a graph, by numbers that are the same for all that are removed together.

    `values` has the axes of each value, `tensors` those of each tensor of the state_dict, `reads` the dimensions of
    tensors along which an operation reads channels, as a convolution does along its second. `rules` has for each node
    what its layer says of channels; None if it says nothing. `kept` are the tensors that `keep` selects, with the
    patterns that have no effect.
    """

    graph: Graph
    values: tuple[Axes, ...]
    tensors: Mapping[str, Axes]
    reads: frozenset[tuple[str, int]]
    rules: tuple[Channels | None, ...]
    kept: Selection
    _ties: Ties

    @classmethod
    def of(cls, graph: Graph, *, keep: Patterns = (), values: Iterable[int] = ()) -> ChannelMap:
        """The channels of a network. Those that the tensors give which `keep` selects stay, and so do those of inputs,
        outputs and some `values` by their numbers, whose sizes others rely on."""
        return _Union(graph).map(select(graph.state_tensors, keep), values)

    def root(self, channel: int) -> int:
        return self._ties.root(channel)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What can be removed, in the network's order."""
        found: dict[int, dict[tuple[str, int], list[int]]] = {}
        for name, axes in self.tensors.items():
            for dim, axis in enumerate(axes):
                for position, channel in enumerate(axis):
                    if self._ties.why_fixed(channel) is None:
                        found.setdefault(self.root(channel), {}).setdefault((name, dim), []).append(position)
        return tuple(
            Group(
                number, tuple(Slice(*where, tuple(items), where in self.reads) for where, items in dimensions.items())
            )
            for number, dimensions in found.items()
        )

    @cached_property
    def fixed(self) -> tuple[Fixed, ...]:
        """The layers with weights that give channels none of which can be removed, each with a reason."""
        found: list[Fixed] = []
        for node in self.graph.modules:
            given = [axis for axis in self._given(node) if len(axis) > 1]
            reasons = [self._ties.why_fixed(channel) for axis in given for channel in axis]
            told = [reason for reason in reasons if reason is not None]
            if node.parameters and len(told) == len(reasons):
                found.append(Fixed(node.path, next(iter(told), MIXES.format(name=node.layer.name()))))
        return tuple(found)

    def _given(self, node: Node) -> Iterator[Axis]:
        for name in node.parameters:
            for dim, axis in enumerate(self.tensors[name]):
                if (name, dim) not in self.reads and any(axis):
                    yield axis


class _Union:
    """Asks the layers of a graph one after the other."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ties = Ties()
        self.values: list[Axes] = []
        self.tensors: dict[str, Axes] = {}
        self.reads: set[tuple[str, int]] = set()

    def map(self, kept: Selection, values: Iterable[int]) -> ChannelMap:
        for item in self.graph.inputs:
            axes = tuple(self.ties.new(size) for size in item.shape.dims)
            self._fix(axes, f"the network's input `{item.name}` has them")
            self.values.append(axes)
        rules = tuple(map(self._apply, self.graph.nodes))
        for output in self.graph.outputs:
            self._fix(self.values[output.value], f"the network's output `{output.name}` has them")
        for value in values:
            self._fix(self.values[value], f"the loss takes the value of `{self.graph.producers[value].path}`")
        for name in kept.names:
            axes = (axis for dim, axis in enumerate(self.tensors[name]) if (name, dim) not in self.reads)
            self._fix(tuple(axes), f"`keep` selects `{name}`")
        ordered = {tensor.name: self.tensors[tensor.name] for tensor in self.graph.state_tensors}
        return ChannelMap(self.graph, tuple(self.values), ordered, frozenset(self.reads), rules, kept, self.ties)

    def _fix(self, axes: Axes, reason: str) -> None:
        for axis in axes:
            self.ties.fix(axis, reason.replace("{", "{{").replace("}", "}}"))

    def _apply(self, node: Node) -> Channels | None:
        name = node.layer.name()
        self.ties.place = f"`{node.path}` ({name})"
        inputs = [Value(shape, self.values[value]) for value, shape in zip(node.inputs, node.input_shapes, strict=True)]
        rule = node.layer.channels(self.ties, *inputs)
        if rule is not None:
            outputs = rule.outputs
        else:
            outputs = tuple(tuple(map(self.ties.new, shape.dims)) for shape in node.shapes)
            for axes in (*(value.axes for value in inputs), *outputs):
                self._fix(axes, f"{NOT_KNOWN.format(name=name)}, at `{node.path}`")
        given = tuple(tuple(map(len, axes)) for axes in outputs)
        assert given == tuple(shape.dims for shape in node.shapes), f"the channels of {name} have its sizes"
        self.values += outputs
        self._learn(node, rule, {channel for value in inputs for axis in value.axes for channel in axis})
        return rule

    def _learn(self, node: Node, rule: Channels | None, inputs: set[int]) -> None:
        """The axes of a node's tensors; where they are applied again they have some already."""
        outputs = {channel for axes in rule.outputs for axis in axes for channel in axis} if rule else set()
        for name, sizes in (node.parameters | node.buffers).items():
            own = name.removeprefix(node.path).removeprefix(".")
            axes = (rule.tensors.get(own) if rule else None) or places(*sizes)
            assert tuple(map(len, axes)) == sizes, f"the channels of {name} have its sizes"
            # what a layer keeps to itself lies first in the tensors that give it
            self.reads |= {
                (name, dim)
                for dim, axis in enumerate(axes)
                if outputs.isdisjoint(axis) and (dim > 0 or inputs.issuperset(axis))
            }
            before = self.tensors.setdefault(name, axes)
            for one, other in zip(before, axes, strict=True):
                if one is not other:
                    self.ties.tie(one, other)
