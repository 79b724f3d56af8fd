"""Parts of a network: some of its values, computed from others by its own modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from netspec.builder.network import Network, applied_steps
from netspec.program.graph import Graph, Output

Layout = tuple[int, ...]
"""The dimensions of a value, that of the largest stride first."""


def layout(value: Tensor) -> Layout:
    """How a value lies in memory."""
    strides = value.stride()
    return tuple(sorted(range(value.ndim), key=lambda dim: -strides[dim]))


def arranged(value: Tensor, layout: Layout) -> Tensor:
    """The same value as it lies in another layout."""
    back = sorted(range(value.ndim), key=layout.__getitem__)
    return value.permute(layout).contiguous().permute(back)


class View:
    """Computes the `given` values of a network from its `taken` ones, by their numbers in the graph.

    The modules are those of the network, in whatever mode they are. Numbers have the type that the network computes
    them in, which of its outputs may be another one. `layouts` are those of taken values that don't lie in memory as
    they come in: chance in a layer is drawn in that order.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        taken: Sequence[int],
        given: Sequence[int],
        layouts: Mapping[int, Layout] | None = None,
    ) -> None:
        makers = {value: index for index, node in enumerate(graph.nodes) for value in node.outputs}
        needed: set[int] = set()
        waiting = [value for value in given if value not in taken]
        while waiting:
            index = makers[waiting.pop()]
            if index not in needed:
                needed.add(index)
                waiting += (value for value in graph.nodes[index].inputs if value not in taken)
        chosen = sorted(needed)
        outputs = tuple(Output(str(value), value) for value in given)
        part = replace(graph, nodes=tuple(graph.nodes[index] for index in chosen), outputs=outputs)
        self._network = network
        self._taken = tuple(taken)
        self._inputs = len(graph.inputs)
        self._layouts = layouts or {}
        self.given = tuple(given)
        self._steps = applied_steps(part, [network.items[index] for index in chosen])
        self._apply = torch.compile(self._apply_all) if network.is_compiled else self._apply_all

    def __call__(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The given values, for those that are taken."""
        execution = self._network.execution
        return execution.computed(self._apply, *map(self._arranged, self._taken, inputs))

    def _arranged(self, number: int, value: Tensor) -> Tensor:
        if number < self._inputs:
            (value,) = self._network.execution.arranged(value)
            return value
        layout = self._layouts.get(number)
        return value if layout is None else arranged(value, layout)

    def _apply_all(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        values = dict(zip(self._taken, inputs, strict=True))
        self._network.apply_steps(self._steps, values)
        return tuple(values[number] for number in self.given)
