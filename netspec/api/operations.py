"""Operations tried from Python: what they make of a tensor, without a spec."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netspec.checker.operations import check_operations
from netspec.problems import NetspecError
from netspec.problems.values import Conflict
from netspec.program.graph import Graph, Output
from netspec.program.written import written
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class AppliedOperation:
    """An operation as a spec writes it, its number of parameters, and its output [1, …], or several."""

    text: str
    parameters: int
    outputs: tuple[Tensor, ...]


def try_operations(text: str, x: Tensor, *, training: bool = False, seed: int = 0) -> list[AppliedOperation]:
    """Apply operations to a batch [B, …], one after the other as in a `model`, and return each with its outputs.

    Their weights are torch's initial weights for `seed`, which the random numbers of `training` follow from too. Raises
    NetspecError if the operations are wrong or don't fit the input.
    """
    import torch

    from netspec.builder.network import build_graph

    dtype = "float32" if x.is_floating_point() else "int64"
    graph = check_operations(text, Shape(tuple(x.shape[1:]), dtype))
    if training:
        _check_batch(graph, len(x))
    values = [value for node in graph.nodes for value in node.outputs]
    network = build_graph(replace(graph, outputs=tuple(Output(str(value), value) for value in values)), seed)
    network.train(training)
    with torch.no_grad(), torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        found = network(x)
    results = found if isinstance(found, dict) else {str(values[0]): found}
    return [
        AppliedOperation(
            written(node.layer), node.parameter_count, tuple(results[str(value)] for value in node.outputs)
        )
        for node in graph.nodes
    ]


def _check_batch(graph: Graph, size: int) -> None:
    for node in graph.nodes:
        least = node.layer.smallest_batch(*node.input_shapes)
        if size < least:
            reason = f"`{node.layer.name()}` needs a batch of at least {least} samples in training, but there is {size}"
            help = "apply it without training, where it uses its running statistics, or to a larger batch"
            raise NetspecError.of(Conflict(node.span, reason, help=help))
