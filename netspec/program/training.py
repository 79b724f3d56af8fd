"""What a program's training does with which tensors and when, for the check, the plan and the run alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netspec.catalogue.initializers import Initializer
from netspec.catalogue.schedules import Clock
from netspec.catalogue.sections.train import Train
from netspec.program.graph import Graph, Node
from netspec.program.selectors import Patterns, Tensor, assign, kept, learned, select


def clock(train: Train, batches: int) -> Clock:
    """How many steps the training has, of so many batches in an epoch."""
    return Clock.of(batches, train.accumulate, train.epochs)


def frozen(train: Train, graph: Graph) -> frozenset[str]:
    """The tensors that stay as they are, buffers included."""
    return frozenset(select(kept(graph), train.freeze).names)


def frozen_layers(train: Train, graph: Graph) -> Iterator[Node]:
    """The layers with tensors that are all frozen: they work as in evaluation, where nothing of them changes."""
    names = frozen(train, graph)
    for node in graph.modules:
        tensors = node.parameters.keys() | node.buffers.keys()
        if tensors and tensors <= names:
            yield node


def moved(train: Train, graph: Graph) -> tuple[Tensor, ...]:
    """The tensors that the optimizer moves."""
    names = frozen(train, graph)
    return tuple(tensor for tensor in learned(graph) if tensor.name not in names)


def parameter_groups(train: Train, graph: Graph) -> list[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """What each group of the optimizer has of its own, and the names of its parameters; last, those in no group."""
    groups = train.optimizer.groups
    names = assign(moved(train, graph), (group.on for group in groups))
    own = [*(group.options() for group in groups), {}]
    return [(options, found) for options, found in zip(own, names, strict=True) if found]


def weighed(train: Train, graph: Graph, patterns: Patterns) -> tuple[str, ...]:
    """What a penalty or a constraint is for: the moved tensors that it selects, else those of two dimensions on."""
    tensors = moved(train, graph)
    if patterns:
        return select(tensors, patterns).names
    return tuple(tensor.name for tensor in tensors if len(tensor.sizes) > 1)


def initial_values(train: Train, graph: Graph) -> dict[str, Initializer]:
    """The parameters that aren't left as torch makes them, in the network's order."""
    *found, _ = assign(learned(graph), (rule.on for rule in train.init))
    rules = {name: rule.to for rule, names in zip(train.init, found, strict=True) for name in names}
    return {tensor.name: rules[tensor.name] for tensor in learned(graph) if tensor.name in rules}
