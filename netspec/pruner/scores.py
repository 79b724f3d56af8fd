"""Scores of channels: how much each matters, by its weights or by what the loss says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from torch import Tensor

from netspec.program.channels import ChannelMap, Group
from netspec.program.pruning import relative

Criterion = Literal["l1", "l2", "scale", "gradient"]
"""`l1` and `l2` are norms of filters; `scale` is the magnitude of the scale of a batch normalization; `gradient` is the
sum of |weight * gradient| over a filter: how much the loss would change without it, to first order."""


def scores(
    channels: ChannelMap,
    state: Mapping[str, Tensor],
    by: Criterion,
    gradients: Mapping[str, Tensor] | None = None,
) -> dict[int, float]:
    """The score of each group of channels by its number, the mean over all filters in it; one that has none for the
    criterion, as a group without a batch normalization has no scale, is left out.

    `state` has the tensors of the state_dict, and `gradients`, for `gradient`, those of the loss with the names of the
    parameters. The scores of norms and gradients are relative to the mean of their layer.
    """
    measure = _measure(by, gradients or {})
    scales = _scales(channels) if by == "scale" else None
    known: dict[tuple[str, int], list[float]] = {}
    found: dict[int, float] = {}
    for group in channels.groups:
        values: list[float] = []
        for tensor, dim, positions in _filters(channels, group, scales):
            if (tensor, dim) not in known:
                known[tensor, dim] = _by_position(measure(tensor, state[tensor].double()), dim, by)
            values += (known[tensor, dim][position] for position in positions)
        if values:
            found[group.number] = sum(values) / len(values)
    return found if by == "scale" else relative(channels, found)


def _measure(by: Criterion, gradients: Mapping[str, Tensor]) -> Callable[[str, Tensor], Tensor]:
    match by:
        case "l2":
            return lambda _, weight: weight.square()
        case "gradient":
            return lambda name, weight: (weight * gradients[name].double()).abs()
        case _:
            return lambda _, weight: weight.abs()


def _by_position(measured: Tensor, dim: int, by: Criterion) -> list[float]:
    sums = measured.transpose(0, dim).flatten(1).sum(1) if measured.dim() > 1 else measured
    return (sums.sqrt() if by == "l2" else sums).tolist()


def _filters(
    channels: ChannelMap, group: Group, scales: frozenset[str] | None
) -> list[tuple[str, int, tuple[int, ...]]]:
    """The positions of tensors whose numbers say how much a group matters: those of the weights that give its channels,
    not of those that read them; with `scales` those of these tensors."""
    if scales is not None:
        return [(item.tensor, item.dim, item.positions) for item in group.slices if item.tensor in scales]
    parameters = channels.graph.parameters
    given = [item for item in group.slices if item.tensor in parameters and not item.read]
    weights = [item for item in given if len(channels.tensors[item.tensor]) > 1]
    return [(item.tensor, item.dim, item.positions) for item in weights or given]


def _scales(channels: ChannelMap) -> frozenset[str]:
    nodes = (node for node in channels.graph.modules if node.layer.removes_bias)
    return frozenset(f"{node.path}.weight" for node in nodes)
