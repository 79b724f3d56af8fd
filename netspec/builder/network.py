"""Build the network of a program as a torch module whose state_dict has the spec's own names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from netspec.builder.execution import PLAIN, Execution, Values
from netspec.builder.initialise import initialise
from netspec.builder.reorder import Applied, reordered
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.program.randomness import seed_for

Step = tuple["str | Callable[..., Any]", tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""An operation, the path of a tensor or a module, with the values that it takes, gives and is the last to take."""


class Scope(nn.Module):
    """Modules by their names, applied one after the other, as in nn.Sequential."""

    def insert(self, path: str, item: nn.Module | Tensor) -> None:
        """Put a module or a tensor at its place, in scopes of its own where the path has dots."""
        name, _, rest = path.partition(".")
        if rest:
            scope = self._modules.setdefault(name, Scope())
            assert isinstance(scope, Scope), f"{name} is an operation and a scope"
            scope.insert(rest, item)
        # add_module refuses a label such as `type` or `forward`, which nn.Module has for itself; neither gets
        # in the other's way, since torch finds its attributes first and the state_dict looks in its own tables alone
        elif isinstance(item, nn.Module):
            self._modules[name] = item
        elif isinstance(item, nn.Parameter):
            self._parameters[name] = item
        else:
            self._buffers[name] = item

    def tensor(self, path: str) -> Tensor:
        """A tensor of the state_dict by its path, as it is now: moving a module replaces it."""
        name, _, rest = path.partition(".")
        if rest:
            return cast(Scope, self._modules[name]).tensor(rest)
        # looked up in torch's own tables, where torch.compile follows it; it follows no function that holds them
        return cast(Tensor, self._parameters[name] if name in self._parameters else self._buffers[name])

    def __setattr__(self, name: str, value: Any) -> None:
        # train() and eval() set this flag, also where an operation has its name
        if name == "training":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def forward(self, *inputs: Tensor) -> Values:
        (x,) = inputs
        for module in cast("Iterable[Callable[[Tensor], Tensor]]", self._modules.values()):
            x = module(x)
        return x


class Network(Scope):
    """A network in which each operation takes the value of the one before it."""

    def __init__(self, graph: Graph, items: Sequence[nn.Module | Tensor], execution: Execution) -> None:
        super().__init__()
        self.execution = execution
        # tensors by their paths: moving a module replaces them
        self.items = tuple(
            node.path if isinstance(item, Tensor) else item for node, item in zip(graph.nodes, items, strict=True)
        )
        placed: dict[str, list[nn.Module | Tensor]] = {}
        for node, item in zip(graph.nodes, items, strict=True):
            found = placed.setdefault(node.path, [])
            if not any(item is other for other in found):
                # what has no weights may be there several times; none of it is in the state_dict
                self.insert(f"{node.path}@{len(found)}" if found else node.path, item)
                found.append(item)
        applied = list(zip(graph.nodes, items, strict=True)) if execution.as_written else reordered(graph, items)
        self._arrange(graph, applied)

    @property
    def is_compiled(self) -> bool:
        """Whether torch.compile compiles it."""
        return self._compiled_call_impl is not None

    def forward(self, *inputs: Tensor) -> Values:
        return self.execution(self._apply_all, *inputs)

    def apply_steps(self, steps: Sequence[Step], values: dict[int, Tensor]) -> None:
        """Apply operations to values, by their numbers, and leave those that nothing takes after them."""
        for operation, taken, given, spent in steps:
            if isinstance(operation, str):
                result = self.tensor(operation)
            else:
                result = operation(*(values[number] for number in taken))
            for number in spent:
                del values[number]
            if len(given) == 1:
                values[given[0]] = result
            else:
                values.update(zip(given, result, strict=True))

    def _arrange(self, graph: Graph, applied: Sequence[Applied]) -> None:
        """Keep what is needed to apply the operations in that order."""
        self._steps = tuple(item for _, item in applied)

    def _apply_all(self, *inputs: Tensor) -> Values:
        (x,) = inputs
        for operation in cast("tuple[Callable[[Tensor], Tensor], ...]", self._steps):
            x = operation(x)
        return x


class BranchedNetwork(Network):
    """A network whose operations take any values before them, and may share weights."""

    def _arrange(self, graph: Graph, applied: Sequence[Applied]) -> None:
        self._outputs = tuple((output.name, output.value) for output in graph.outputs)
        self._steps = _steps(graph, applied)

    def _apply_all(self, *inputs: Tensor) -> Values:
        values: dict[int, Tensor] = dict(enumerate(inputs))
        self.apply_steps(self._steps, values)
        if len(self._outputs) == 1:
            return values[self._outputs[0][1]]
        return {name: values[number] for name, number in self._outputs}


def build(program: Program) -> nn.Module:
    """The program's network on the CPU, with torch's own initial weights or those that `train.init` gives.

    They follow from `train.seed` and the files that `train.init` loads. Raises NetspecError if those don't fit.
    """
    network = build_empty(program)
    initialise(network, program)
    return network


def build_empty(program: Program) -> nn.Module:
    """The program's network on the CPU, whose weights come from elsewhere: `train.init` is left out."""
    return build_graph(program.graph, seed_for(program.train.seed, "weights"), Execution.of(program))


def build_graph(graph: Graph, seed: int, execution: Execution = PLAIN) -> nn.Module:
    """The network of a graph on the CPU."""
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        built: dict[object, nn.Module | Tensor] = {}
        items: list[nn.Module | Tensor] = []
        for node in graph.nodes:
            # what is applied again has its weights already; if it has none, it is made for what comes in this time
            key = node.path if node.has_weights else (node.path, node.layer, node.input_shapes)
            if key not in built:
                built[key] = node.layer.build(*node.input_shapes)
            items.append(built[key])
    return (Network if _is_chain(graph, items) else BranchedNetwork)(graph, items, execution)


def applied_steps(graph: Graph, items: Sequence[nn.Module | str]) -> tuple[Step, ...]:
    """The operations of a part of a network in the order in which they are applied."""
    return _steps(graph, reordered(graph, items))


def _steps(graph: Graph, applied: Sequence[Applied]) -> tuple[Step, ...]:
    kept = {output.value for output in graph.outputs}
    last_use = {value: index for index, (node, _) in enumerate(applied) for value in node.inputs}
    return tuple(
        (
            node.path if isinstance(item, Tensor) else item,
            node.inputs,
            node.outputs,
            tuple(value for value in {*node.inputs} if last_use[value] == index and value not in kept),
        )
        for index, (node, item) in enumerate(applied)
    )


def _is_chain(graph: Graph, items: list[nn.Module | Tensor]) -> bool:
    """Whether each operation takes the one value of the one before, and the last one's is all that comes out."""
    value = 0
    for node in graph.nodes:
        if node.inputs != (value,) or len(node.outputs) != 1:
            return False
        (value,) = node.outputs
    modules = [item for item in items if isinstance(item, nn.Module)]
    return (
        len(graph.inputs) == len(graph.outputs) == 1
        and graph.outputs[0].value == value
        and len({id(module) for module in modules}) == len(items)
    )
