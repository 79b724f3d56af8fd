"""The network as a graph of operations with proven shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

from netspec.catalogue.layers import Layer
from netspec.immutable import immutable
from netspec.shapes import Shape
from netspec.source import Span

COUNTER = "num_batches_tracked"
"""The buffer of batch and instance norms that is an integer, and that files of old versions of torch lack."""


@dataclass(frozen=True)
class Node:
    """One operation. `path` is its name in the state_dict; nodes of one path share their weights.

    `inputs` and `outputs` are numbers of values: those of the network's inputs come first, from 0, then those of each
    node in turn.
    """

    path: str
    layer: Layer
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    input_shapes: tuple[Shape, ...]
    shapes: tuple[Shape, ...]
    span: Span

    @property
    def shape(self) -> Shape:
        """The shape of the first value that comes out, which is the only one of nearly all operations."""
        return self.shapes[0]

    @cached_property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        return self._named(self.layer.parameters(*self.input_shapes))

    @cached_property
    def buffers(self) -> dict[str, tuple[int, ...]]:
        return self._named(self.layer.buffers(*self.input_shapes))

    @property
    def has_weights(self) -> bool:
        """Whether the state_dict has tensors of it, which stay the same where it is applied again."""
        return bool(self.parameters or self.buffers)

    @property
    def parameter_count(self) -> int:
        return sum(map(prod, self.parameters.values()))

    @property
    def flops(self) -> int:
        """Floating-point operations of one sample's forward pass."""
        return self.layer.flops(*self.input_shapes)

    @property
    def deterministic(self) -> bool:
        """Whether its gradients are the same bits each time on CUDA."""
        return self.layer.deterministic(*self.input_shapes)

    def _named(self, tensors: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        # a learned tensor by itself has the name of its operation
        return {f"{self.path}.{name}" if name else self.path: size for name, size in tensors.items()}


@immutable
class Input:
    """What a network takes: one value, or several by their names."""

    name: str
    shape: Shape


@immutable
class Output:
    """What a network gives: one value, named `output`, or several by their names."""

    name: str
    value: int


@immutable
class Tensor:
    """A tensor of a network: its name in the state_dict, its own within its layer, and the layer's operation.

    `is_value` says that it is a value of the network by itself, and not what a layer computes with; `counts` that it
    is an integer which counts batches.
    """

    name: str
    own: str
    operation: str
    sizes: tuple[int, ...]
    is_value: bool = False
    counts: bool = False

    @classmethod
    def of(cls, node: Node, name: str, sizes: tuple[int, ...]) -> Tensor:
        own = name.removeprefix(node.path).removeprefix(".")
        return cls(name, own, node.layer.name(), sizes, not node.inputs, own == COUNTER)

    @property
    def words(self) -> tuple[str, ...]:
        """What a word behind a colon may be."""
        return self.operation, self.own, self.own.rpartition(".")[2]


@dataclass(frozen=True)
class Graph:
    """Operations in an order in which each comes after those whose values it takes. `bodies` are the networks of the
    zoo that are parts of it: their names, `resnet18`, by the paths of their scopes. `left_out` are the operations and
    the scopes that were written and aren't here as they were, by their paths, each with the reason in words."""

    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]
    bodies: Mapping[str, str] = field(default_factory=dict, hash=False)
    left_out: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of every value, by its number."""
        return (*(item.shape for item in self.inputs), *(shape for node in self.nodes for shape in node.shapes))

    @property
    def output(self) -> Shape:
        """The shape of the one value that comes out, or of the first of several."""
        return self.shapes[self.outputs[0].value]

    @cached_property
    def producers(self) -> dict[int, Node]:
        """The node behind each value that isn't an input."""
        return {value: node for node in self.nodes for value in node.outputs}

    @cached_property
    def live(self) -> frozenset[int]:
        """The indices of the nodes whose values the outputs are made of."""
        makers = {value: index for index, node in enumerate(self.nodes) for value in node.outputs}
        found: set[int] = set()
        waiting = [output.value for output in self.outputs]
        while waiting:
            index = makers.get(waiting.pop())
            if index is not None and index not in found:
                found.add(index)
                waiting += self.nodes[index].inputs
        return frozenset(found)

    @property
    def modules(self) -> Iterator[Node]:
        """The nodes that have weights of their own: of those that share them, the first."""
        first: dict[str, Node] = {}
        for node in self.nodes:
            first.setdefault(node.path, node)
        yield from first.values()

    @cached_property
    def learned(self) -> tuple[Tensor, ...]:
        """The tensors that are learned."""
        return tuple(Tensor.of(node, name, size) for node in self.modules for name, size in node.parameters.items())

    @cached_property
    def state_tensors(self) -> tuple[Tensor, ...]:
        """All tensors of the state_dict: those that are learned, and buffers such as running means."""
        found = ((node, node.parameters | node.buffers) for node in self.modules)
        return tuple(Tensor.of(node, name, size) for node, tensors in found for name, size in tensors.items())

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        """The learned tensors by their names in the state_dict, with their shapes."""
        return {name: size for node in self.nodes for name, size in node.parameters.items()}

    @property
    def parameter_count(self) -> int:
        return sum(map(prod, self.parameters.values()))

    @property
    def weight_bytes(self) -> int:
        """The size of the state_dict as float32."""
        return 4 * sum(
            prod(size) for node in self.nodes for size in (*node.parameters.values(), *node.buffers.values())
        )

    @property
    def flops(self) -> int:
        return sum(node.flops for node in self.nodes)
