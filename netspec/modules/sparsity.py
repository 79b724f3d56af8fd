"""Masks of weights: which of them stay, by their magnitude or by a pattern of N in M; the others are 0."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

Weights = Mapping[str, Tensor]
Masks = dict[str, Tensor]
"""For each weight by its name whether its elements stay, bool, of its shape."""


def magnitude_masks(weights: Weights, share: float, *, per_layer: bool = False) -> Masks:
    """Masks without a `share` of the elements, from 0 to 1, those of the smallest magnitude first.

    The share is one of all elements together, or with `per_layer` of those of each tensor, rounded down. What is 0
    already goes first, so that a larger share later takes away all that a smaller one did.
    """
    if per_layer or len(weights) == 1:
        return {name: _without_smallest(weight.abs(), share) for name, weight in weights.items()}
    if not weights:
        return {}
    together = torch.cat([weight.detach().abs().flatten() for weight in weights.values()])
    sizes = [weight.numel() for weight in weights.values()]
    parts = _without_smallest(together, share).split(sizes)
    return {name: part.reshape(weights[name].shape) for name, part in zip(weights, parts, strict=True)}


def _without_smallest(magnitudes: Tensor, share: float) -> Tensor:
    flat = magnitudes.detach().flatten()
    # the sort is stable: equal ones go in their order
    order = flat.argsort(stable=True)
    stays = torch.ones_like(flat, dtype=torch.bool)
    stays[order[: int(share * flat.numel())]] = False
    return stays.reshape(magnitudes.shape)


def takes_pattern(sizes: tuple[int, ...], m: int) -> bool:
    """Whether a pattern of N in M fits a weight [outputs, inputs, ...]: M divides its inputs."""
    return len(sizes) > 1 and sizes[1] % m == 0


def pattern_masks(weights: Weights, n: int, m: int) -> Masks:
    """Masks with the `n` elements of the largest magnitude of every `m` in a row along dimension 1, the inputs.

    Raises ValueError for a weight that the pattern doesn't fit, and for `n` that isn't from 1 to `m`.
    """
    if not 1 <= n <= m:
        raise ValueError(f"{n} of {m}: n is from 1 to m")
    found: Masks = {}
    for name, weight in weights.items():
        if not takes_pattern(tuple(weight.shape), m):
            raise ValueError(f"{name} has {list(weight.shape)}: its inputs, dimension 1, aren't a multiple of {m}")
        rows = weight.detach().abs().transpose(1, -1)
        groups = rows.reshape(-1, m)
        order = groups.argsort(dim=1, descending=True, stable=True)
        stays = torch.zeros_like(groups, dtype=torch.bool).scatter_(1, order[:, :n], value=True)
        found[name] = stays.reshape(rows.shape).transpose(1, -1).contiguous()
    return found


def masked(state: Weights, masks: Weights) -> dict[str, Tensor]:
    """The tensors of a state_dict with 0 where a mask says so; those without a mask are as they were."""
    return {name: item.masked_fill(~masks[name], 0) if name in masks else item for name, item in state.items()}


def share_at(share: float, progress: float) -> float:
    """The share of a schedule from 0 to `share`, at a `progress` from 0 to 1: fast at first, then slower and slower.

    Zhu and Gupta, To Prune, or Not to Prune, 2017.
    """
    return share * (1 - (1 - progress) ** 3)


def zeros(weights: Weights) -> float:
    """The share of elements that are 0."""
    count = sum(weight.numel() for weight in weights.values())
    return sum(int((weight == 0).sum()) for weight in weights.values()) / count if count else 0.0
