"""Tensors that stay as they are while the others are trained."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from torch import nn

from netspec.program.freezing import Stage, frozen_layers
from netspec.program.graph import Graph


def freeze(network: nn.Module, graph: Graph, names: Collection[str]) -> tuple[nn.Module, ...]:
    """Take the parameters of these names out of the training, and the others into it.

    Gives the layers that are frozen as a whole, which stay in evaluation mode while the others train.
    """
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name not in names)
        if not parameter.requires_grad:
            parameter.grad = None
    modules = dict(network.named_modules())
    # a tensor by itself is no module and has no mode
    return tuple(modules[node.path] for node in frozen_layers(graph, frozenset(names)) if node.path in modules)


class Freezer:
    """Freezes a network stage by stage of its training. `layers` are those that are frozen as a whole now."""

    def __init__(self, network: nn.Module, graph: Graph, stages: Sequence[Stage]) -> None:
        """`stages` are those of the training, one after the other; the network is as in the first."""
        self.network = network
        self.graph = graph
        self.stages = tuple(stages)
        self.stage = self.stages[0]
        self.layers = freeze(network, graph, self.stage.frozen)

    def at(self, step: int) -> Stage:
        """The stage that a step is in, counted from 0; after the last step the last one."""
        return next((stage for stage in self.stages if step < stage.stop), self.stages[-1])

    def train(self, step: int) -> Stage:
        """Bring the network to training mode, frozen as it is at a step, which may be before the last one."""
        if (stage := self.at(step)) != self.stage:
            self.stage = stage
            self.layers = freeze(self.network, self.graph, stage.frozen)
        self.network.train()
        for layer in self.layers:
            layer.eval()
        return self.stage
