"""Features: what the frozen part of a network gives for a sample, which is the same in each epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from netspec.catalogue.schedules import Clock
from netspec.immutable import immutable
from netspec.program.freezing import Stage, stages
from netspec.program.graph import Graph, Node
from netspec.program.program import Program
from netspec.program.splits import split_sizes

MOST_BYTES = 8 * 2**30
"""How much the features of all samples take at most. What isn't for the memory lies in a file."""
LEAST_EPOCHS = 2
"""How long something is frozen at least, so that its features are worth a pass over all samples."""
NUMBER = {"float32": 4, "int64": 8}
"""The bytes of a number."""


@immutable
class Features:
    """The frozen operations of a stage of the training whose values depend on a sample alone, and those of their values
    that others take, by their numbers; inputs of the network that others take too are among these."""

    nodes: tuple[Node, ...]
    values: tuple[int, ...]
    sizes: tuple[int, ...]
    """The bytes of each value for a sample."""

    @classmethod
    def of(cls, graph: Graph, frozen: frozenset[str], wanted: Iterable[int] = ()) -> Features | None:
        """The features of a network of which some tensors are frozen, and some values `wanted` beside the outputs; None
        if nothing is saved by keeping them."""
        fixed = set(_fixed(graph, frozen))
        nodes = [node for index, node in enumerate(graph.nodes) if index in graph.live]
        inner = tuple(node for node in nodes if node.outputs[0] in fixed)
        if not any(node.flops for node in inner):
            return None
        taken = {value for node in nodes if node.outputs[0] not in fixed for value in node.inputs}
        taken |= {*(output.value for output in graph.outputs), *wanted}
        # a value without a batch is there for all samples, and is computed from tensors alone
        kept = tuple(value for value in sorted(taken & fixed) if graph.shapes[value].batched)
        shapes = [graph.shapes[value] for value in kept]
        return cls(inner, kept, tuple(prod(shape.dims) * NUMBER[shape.dtype] for shape in shapes))

    @property
    def flops(self) -> int:
        """The floating-point operations that they take for a sample."""
        return sum(node.flops for node in self.nodes)


def _fixed(graph: Graph, frozen: frozenset[str]) -> Iterator[int]:
    """The values that are the same in each epoch: those of the inputs, and what is made of them by frozen layers and
    by layers without tensors, neither at random nor from the rest of the batch."""
    fixed = set(range(len(graph.inputs)))
    yield from fixed
    for node in graph.nodes:
        tensors = node.parameters.keys() | node.buffers.keys()
        # a layer that is frozen as a whole works as in evaluation
        varies = node.layer.varies(training=not tensors)
        if fixed.issuperset(node.inputs) and tensors <= frozen and not varies:
            fixed.update(node.outputs)
            yield from node.outputs


def features(program: Program, stage: Stage, clock: Clock, wanted: Iterable[int] = ()) -> Features | str | None:
    """What is computed once for each sample in a stage of the training, where some values are `wanted` beside the
    outputs; why nothing is, in words, or None where nothing could be."""
    found = Features.of(program.graph, stage.frozen, wanted)
    if found is None:
        return None
    if not program.train.keep_features:
        return "as declared"
    if program.data.augment:
        return "samples are augmented before it"
    if program.train.mix:
        return "samples are mixed before it"
    if stage.stop - stage.start < LEAST_EPOCHS * clock.epoch:
        return f"it is frozen for less than {LEAST_EPOCHS} epochs"
    if (size := _bytes(program, found)) > MOST_BYTES:
        return f"its values would take {gibibytes(size)}, more than {gibibytes(MOST_BYTES)}"
    return found


def feature_notes(program: Program, clock: Clock) -> Iterator[str]:
    """What of the frozen part of the network is computed once for each sample, in words, or why nothing is."""
    parts = stages(program.train, program.graph, clock)
    for stage in parts:
        found = features(program, stage, clock)
        until = f" until the end of {clock.duration(stage.stop)}" if stage is not parts[-1] else ""
        if isinstance(found, Features):
            size = f"{gibibytes(_bytes(program, found))} of at most {gibibytes(MOST_BYTES)}"
            yield f"frozen layers once for each sample{until}, whose values are kept: {size}"
        elif found is not None:
            yield f"frozen layers anew in each epoch{until}: {found}"


def _bytes(program: Program, features: Features) -> int:
    """What the features of all samples of training and of validation take."""
    splits = split_sizes(program.data, *program.type.counts)
    return (splits.train + splits.validation) * sum(features.sizes)


def gibibytes(size: int) -> str:
    return f"{size / 2**30:.3g} GiB" if size >= 2**30 else f"{size / 2**20:.3g} MiB"
