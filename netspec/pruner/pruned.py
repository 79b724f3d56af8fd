"""A program without the channels that matter least: a new spec with smaller widths, and its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from netspec.program.channels import ChannelMap, Fixed
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.program.pruning import channels_of, chosen
from netspec.program.selectors import Patterns
from netspec.program.shrinking import left_of, shrunk
from netspec.pruner.scores import Criterion, scores
from netspec.writer.spec import respecified


@dataclass(frozen=True)
class Pruned:
    """A pruned program.

    `text` is the spec, `graph` its network, and `state` the tensors of the state_dict by their names. `removed` of the
    `candidates` are gone: groups of channels that can only be removed together. `fixed` are the layers with weights
    none of whose channels can be removed, `dropped` the assertions on the network that don't hold any more.
    """

    text: str
    graph: Graph
    state: Mapping[str, Tensor]
    removed: int
    candidates: int
    fixed: tuple[Fixed, ...]
    dropped: tuple[str, ...]


def pruned(
    program: Program,
    state: Mapping[str, Tensor],
    share: float,
    *,
    by: Criterion = "l1",
    per_layer: bool = False,
    keep: Patterns = (),
    gradients: Mapping[str, Tensor] | None = None,
    weights: str | None = None,
) -> Pruned:
    """Remove a `share` of the groups of channels of a network, from 0 to below 1, those of the lowest scores first.

    `state` are its tensors by the names of the state_dict. The share is one of all groups, or with `per_layer` of those
    of each layer. `keep` selects the tensors whose filters stay. `gradients` are those of a loss by the names of the
    parameters, for the criterion `gradient`. `weights` is the name of the file beside the new spec in which its
    training finds `state`. Raises CannotTranslate if the network can't be written as text.
    """
    channels = channels_of(program, keep)
    found = scores(channels, state, by, gradients)
    removed = chosen(channels, found, share, per_layer=per_layer)
    spec = respecified(program, shrunk(channels, removed), weights)
    smaller = dict(_shrunk_state(channels, removed, state, spec.graph))
    return Pruned(spec.text, spec.graph, smaller, len(removed), len(found), channels.fixed, spec.dropped)


def _shrunk_state(
    channels: ChannelMap, removed: frozenset[int], state: Mapping[str, Tensor], graph: Graph
) -> Iterator[tuple[str, Tensor]]:
    """Copies of the tensors of a smaller network, each with what is left of it, in its order."""
    left = left_of(channels, removed)
    for item in graph.state_tensors:
        tensor = state[item.name]
        for dim, axis in enumerate(channels.tensors[item.name]):
            positions = left(axis)
            if len(positions) < len(axis):
                tensor = tensor.index_select(dim, torch.tensor(positions, device=tensor.device))
        yield item.name, tensor.clone()
