"""Which samples are set apart: by chance, and evenly from each class."""

from __future__ import annotations

import numpy as np

from netspec.catalogue.sources import DataError
from netspec.catalogue.values import Quantity
from netspec.program.plan import count_of
from netspec.program.randomness import seed_for


def set_apart(targets: np.ndarray, size: Quantity | int, seed: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """Divide the places of `targets` [N] into those kept and those set apart, both in rising order.

    `size` is a share or a number of samples; `purpose` is the key of `data` that asks for it. Of each class, where
    the targets are whole numbers, the exact share is set apart, rounded so that the total is right. Raises DataError
    where nothing would be kept or set apart.
    """
    count = _size(len(targets), size, purpose)
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


def quotas(counts: np.ndarray, total: int) -> np.ndarray:
    """How many of each class make `total`, in proportion to `counts`: the method of the largest remainder."""
    whole, remainders = np.divmod(counts.astype(np.int64) * total, counts.sum())
    # a stable sort gives what is left to the first of equal classes
    largest = np.argsort(-remainders, kind="stable")[: total - whole.sum()]
    whole[largest] += 1
    return whole


def _size(count: int, size: Quantity | int, purpose: str) -> int:
    """How many samples to set apart: as many as the plan says."""
    number = count_of(size, count)
    if number == 0:
        reason = f"`{purpose} = {size}` of {count} sample{'s' * (count != 1)} is none"
        raise DataError("malformed", reason, argument=purpose, help=f"`{purpose} = 1` takes one sample")
    if number >= count:
        reason = f"`{purpose} = {size}` leaves none of {count} sample{'s' * (count != 1)} to train on"
        raise DataError("malformed", reason, argument=purpose)
    return number
