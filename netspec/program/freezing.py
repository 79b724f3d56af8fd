"""What of a network stays as it is, and in which part of the training."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from netspec.catalogue.freezes import Freezing
from netspec.catalogue.schedules import Clock
from netspec.catalogue.sections.train import Train
from netspec.catalogue.values import Quantity
from netspec.immutable import immutable
from netspec.program.graph import Graph, Node
from netspec.program.selectors import Patterns, Tensor, assign, learned, state_tensors

FREEZE = "train.freeze"


@immutable
class Hold:
    """Some tensors that are frozen until a time, for good if there is none, and the path of the setting."""

    path: str
    patterns: Patterns
    until: Quantity | None

    def place(self, index: int) -> str:
        """The path of one of its patterns."""
        if isinstance(self.patterns, str):
            return self.path
        base, first = self.path, 0
        if self.until is None:
            base, _, number = self.path.rstrip("]").rpartition("[")
            first = int(number)
        return f"{base}[{first + index}]"


def holds(train: Train) -> tuple[Hold, ...]:
    """What `train.freeze` holds, in its order; strings that follow each other are one list of patterns."""
    if isinstance(train.freeze, str):
        return (Hold(FREEZE, train.freeze, None),)
    found: list[Hold] = []
    texts: list[str] = []
    for place, item in enumerate(train.freeze):
        if isinstance(item, Freezing):
            path = f"{FREEZE}[{place}]" if len(train.freeze) > 1 else FREEZE
            found.append(Hold(f"{path}.on", item.on, item.until))
            texts = []
        elif texts:
            texts.append(item)
            found[-1] = Hold(found[-1].path, tuple(texts), None)
        else:
            texts = [item]
            found.append(Hold(f"{FREEZE}[{place}]", (item,), None))
    return tuple(found)


def held(train: Train, graph: Graph) -> tuple[tuple[Hold, tuple[str, ...]], ...]:
    """What is held, with the names of its tensors, buffers included: each is held by the first that selects it."""
    found = holds(train)
    *names, _ = assign(state_tensors(graph), (hold.patterns for hold in found))
    return tuple(zip(found, names, strict=True))


def frozen(train: Train, graph: Graph) -> frozenset[str]:
    """The tensors that stay as they are in the whole training, buffers included."""
    return frozenset(name for hold, names in held(train, graph) if hold.until is None for name in names)


def moved(train: Train, graph: Graph) -> tuple[Tensor, ...]:
    """The tensors that the optimizer moves, some perhaps not from the beginning on."""
    names = frozen(train, graph)
    return tuple(tensor for tensor in learned(graph) if tensor.name not in names)


@immutable
class Stage:
    """A part of the training, from a step on up to another, and the tensors that stay as they are in it."""

    start: int
    stop: int
    frozen: frozenset[str]

    def learns(self, graph: Graph) -> tuple[Tensor, ...]:
        """The tensors that are learned in it."""
        return tuple(tensor for tensor in learned(graph) if tensor.name not in self.frozen)


def stages(train: Train, graph: Graph, clock: Clock) -> tuple[Stage, ...]:
    """The parts of a training as long as the clock says, one after the other: at each but the first something thaws."""
    ends = [
        (clock.total if hold.until is None else clock.steps(hold.until), names) for hold, names in held(train, graph)
    ]
    starts = sorted({0, *(end for end, names in ends if names and end < clock.total)})
    return tuple(
        Stage(start, stop, frozenset(name for end, names in ends if end > start for name in names))
        for start, stop in pairwise((*starts, max(clock.total, 1)))
    )


def frozen_layers(graph: Graph, names: frozenset[str]) -> Iterator[Node]:
    """The layers with tensors that are all among the frozen ones: they work as in evaluation, where nothing of them
    changes."""
    for node in graph.modules:
        tensors = node.parameters.keys() | node.buffers.keys()
        if tensors and tensors <= names:
            yield node


@immutable
class Learned:
    """What is learned in a part of the training, in words: when, how many numbers, and in which of the network's
    outermost layers and scopes."""

    when: str
    parameters: int
    scopes: tuple[str, ...]


def learned_when(train: Train, graph: Graph, clock: Clock) -> tuple[Learned, ...]:
    """What is learned in each part of a training; nothing where it is the same from beginning to end, and all."""
    if not train.freeze:
        return ()
    return tuple(
        Learned(_when(stage, clock), sum(prod(tensor.sizes) for tensor in stage.learns(graph)), _scopes(stage, graph))
        for stage in stages(train, graph, clock)
    )


def _when(stage: Stage, clock: Clock) -> str:
    """`epochs 1 to 3`, or of a part that begins or ends within an epoch `steps 15 to 28`, counted from 1."""
    unit, size = ("step", 1) if stage.start % clock.epoch or stage.stop % clock.epoch else ("epoch", clock.epoch)
    first, last = stage.start // size + 1, stage.stop // size
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"


def _scopes(stage: Stage, graph: Graph) -> tuple[str, ...]:
    """The first words of the names of what is learned, of those that are learned in part with that in front."""
    found: dict[str, set[bool]] = {}
    for tensor in learned(graph):
        found.setdefault(tensor.name.partition(".")[0], set()).add(tensor.name not in stage.frozen)
    return tuple(f"{'part of ' if len(both) > 1 else ''}{word}" for word, both in found.items() if True in both)
