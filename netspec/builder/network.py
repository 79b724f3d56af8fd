"""Build the network of a program as a torch module whose state_dict has the spec's own names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn

from netspec.program.graph import INPUT, Graph, Node
from netspec.program.program import Program
from netspec.program.randomness import seed_for


class Scope(nn.Module):
    """Modules by their names, applied one after the other, as in nn.Sequential."""

    def place(self, path: str, module: nn.Module) -> None:
        """Put a module at its place, in scopes of its own where the path has dots."""
        name, _, rest = path.partition(".")
        if rest:
            scope = self._modules.setdefault(name, Scope())
            assert isinstance(scope, Scope), f"{name} is an operation and a scope"
            scope.place(rest, module)
        else:
            # add_module refuses a label such as `type` or `forward`, which nn.Module has for itself; neither gets
            # in the other's way, since torch finds its attributes first and the state_dict looks in _modules alone
            self._modules[name] = module

    def __setattr__(self, name: str, value: Any) -> None:
        # train() and eval() set this flag, also where an operation has its name
        if name == "training":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def operations(self) -> list[nn.Module]:
        """The modules that a forward pass would apply, in their order."""
        found: list[nn.Module] = []
        for module in self._modules.values():
            found += module.operations() if isinstance(module, Scope) else [cast(nn.Module, module)]
        return found

    def forward(self, x: Tensor) -> Tensor:
        for module in cast("Iterable[Callable[[Tensor], Tensor]]", self._modules.values()):
            x = module(x)
        return x


class Network(Scope):
    """A network in which each operation takes the value of the one before it."""


class BranchedNetwork(Scope):
    """A network whose operations take the values of any operations before them."""

    def __init__(self, nodes: tuple[Node, ...], modules: list[nn.Module]) -> None:
        super().__init__()
        last_use = {number: place for place, node in enumerate(nodes) for number in node.inputs}
        for node, module in zip(nodes, modules, strict=True):
            self.place(node.path, module)
        self._steps = tuple(
            # each step with the values that nothing takes after it, so that they are freed
            (module, node.inputs, tuple(number for number in set(node.inputs) if last_use[number] == place))
            for place, (node, module) in enumerate(zip(nodes, modules, strict=True))
        )

    def forward(self, x: Tensor) -> Tensor:
        values = {INPUT: x}
        for number, (module, inputs, spent) in enumerate(self._steps):
            x = module(*(values[place] for place in inputs))
            for place in spent:
                del values[place]
            values[number] = x
        return x


def build(program: Program) -> nn.Module:
    """The program's network on the CPU, with torch's own initial weights; they follow from `train.seed` alone."""
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed_for(program.train.seed, "weights"))
        modules = [node.layer.build(node.input_shape) for node in program.graph.nodes]
    return _assemble(program.graph, modules)


def _assemble(graph: Graph, modules: list[nn.Module]) -> nn.Module:
    network = Network()
    for node, module in zip(graph.nodes, modules, strict=True):
        network.place(node.path, module)
    is_chain = all(node.inputs == (place - 1,) for place, node in enumerate(graph.nodes))
    # a scope that is entered again later holds operations that aren't next to each other
    if is_chain and network.operations() == modules:
        return network
    return BranchedNetwork(graph.nodes, modules)
