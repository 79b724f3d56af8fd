"""The network as a graph of operations with proven shapes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

from netspec.catalogue.layers import Layer
from netspec.shapes import Shape
from netspec.source import Span

INPUT = -1
"""The number that stands for the network's input among a node's inputs."""


@dataclass(frozen=True)
class Node:
    """One operation. `path` is its name in the state_dict; `inputs` are the numbers of the nodes it takes."""

    path: str
    layer: Layer
    inputs: tuple[int, ...]
    input_shape: Shape
    shape: Shape
    span: Span

    @cached_property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {f"{self.path}.{name}": size for name, size in self.layer.parameters(self.input_shape).items()}

    @cached_property
    def buffers(self) -> dict[str, tuple[int, ...]]:
        return {f"{self.path}.{name}": size for name, size in self.layer.buffers(self.input_shape).items()}

    @property
    def parameter_count(self) -> int:
        return sum(map(prod, self.parameters.values()))

    @property
    def flops(self) -> int:
        """Floating-point operations of one sample's forward pass."""
        return self.layer.flops(self.input_shape)


@dataclass(frozen=True)
class Graph:
    """Operations in an order in which each comes after those it takes; the last one's value is the output."""

    input: Shape
    nodes: tuple[Node, ...]

    @property
    def output(self) -> Shape:
        return self.nodes[-1].shape if self.nodes else self.input

    @property
    def parameter_count(self) -> int:
        return sum(node.parameter_count for node in self.nodes)

    @property
    def flops(self) -> int:
        return sum(node.flops for node in self.nodes)
