"""Which samples are set apart: by chance, evenly from each class."""

from __future__ import annotations

import numpy as np

from netspec.program.randomness import seed_for


def set_apart(targets: np.ndarray, count: int, seed: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """Divide the places of `targets` [N] into those kept and `count` set apart, both in rising order.

    `purpose` is the key of `data` that asks for it. Of each class, where the targets are whole numbers, the exact
    share is set apart, rounded so that the total is right.
    """
    generator = np.random.default_rng(seed_for(seed, purpose))
    order = generator.permutation(len(targets))
    apart = np.zeros(len(targets), bool)
    if np.issubdtype(targets.dtype, np.integer):
        _, classes = np.unique(targets, return_inverse=True)
        for number, quota in enumerate(quotas(np.bincount(classes), count)):
            apart[order[classes[order] == number][:quota]] = True
    else:
        apart[order[:count]] = True
    return np.flatnonzero(~apart), np.flatnonzero(apart)


def set_part_apart(targets: np.ndarray, parts: int, part: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Divide the places of `targets` [N] into those kept and those of one of `parts` parts, both in rising order.

    They are dealt out like cards, class by class where the targets are whole numbers: parts, and what they have of a
    class, differ by one sample at most. Every part of one seed is of the same deal.
    """
    generator = np.random.default_rng(seed_for(seed, "validation"))
    order = generator.permutation(len(targets))
    if np.issubdtype(targets.dtype, np.integer):
        order = order[np.argsort(targets[order], kind="stable")]
    apart = np.zeros(len(targets), bool)
    apart[order[part - 1 :: parts]] = True
    return np.flatnonzero(~apart), np.flatnonzero(apart)


def quotas(counts: np.ndarray, total: int) -> np.ndarray:
    """How many of each class make `total`, in proportion to `counts`: the method of the largest remainder."""
    whole, remainders = np.divmod(counts.astype(np.int64) * total, counts.sum())
    # a stable sort gives what is left to the first of equal classes
    largest = np.argsort(-remainders, kind="stable")[: total - whole.sum()]
    whole[largest] += 1
    return whole
