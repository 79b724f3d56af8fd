"""Random splits of samples, stratified."""

from __future__ import annotations

import numpy as np

from netspec.program.randomness import seed_for


def set_apart(strata: np.ndarray, count: int, seed: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """Split samples with these strata [N] into those left and `count` set apart: the indices of both, rising.

    `purpose` is the key of `data` that asks for it. Of each stratum the exact share is set apart, rounded so that the
    total is right.
    """
    rng = np.random.default_rng(seed_for(seed, purpose))
    order = rng.permutation(len(strata))
    apart = np.zeros(len(strata), bool)
    _, numbers = np.unique(strata, return_inverse=True)
    for number, quota in enumerate(quotas(np.bincount(numbers), count)):
        apart[order[numbers[order] == number][:quota]] = True
    return np.flatnonzero(~apart), np.flatnonzero(apart)


def set_part_apart(strata: np.ndarray, parts: int, part: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split samples with these strata [N] into those left and those of one of `parts` parts: their indices, both in
    rising order.

    They are dealt out like cards, stratum by stratum: parts, and what they have of a stratum, differ by one sample at
    most. Every part of one seed is of the same deal.
    """
    rng = np.random.default_rng(seed_for(seed, "validation"))
    order = rng.permutation(len(strata))
    order = order[np.argsort(strata[order], kind="stable")]
    apart = np.zeros(len(strata), bool)
    apart[order[part - 1 :: parts]] = True
    return np.flatnonzero(~apart), np.flatnonzero(apart)


def quotas(counts: np.ndarray, total: int) -> np.ndarray:
    """How many of each stratum make `total`, in proportion to `counts`: the method of the largest remainder."""
    whole, remainders = np.divmod(counts.astype(np.int64) * total, counts.sum())
    # a stable sort gives what is left to the first of equal strata
    largest = np.argsort(-remainders, kind="stable")[: total - whole.sum()]
    whole[largest] += 1
    return whole


def subsample(count: int, most: int) -> np.ndarray:
    """The indices, in rising order, of at most `most` of `count` samples: chosen at random, and always the same."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False))
