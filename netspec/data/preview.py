"""Some training samples as they are, and as the network sees them from epoch to epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.types import DataField
from netspec.data.prepare import PreparedData, RawSplits


@dataclass(frozen=True)
class Preview:
    """An input of some samples [N, …]: as it is, images as numbers from 0 to 1, and as the network takes it in each
    epoch. `undone` is the same with the numbers as they were before the transforms, to be looked at. `targets` names
    their classes, or their numbers."""

    field: DataField
    targets: tuple[str, ...]
    before: Tensor
    epochs: tuple[Tensor, ...]
    undone: tuple[Tensor, ...]


def preview(raw: RawSplits, data: PreparedData, count: int, epochs: int) -> tuple[Preview, ...]:
    """The first training samples of each class in turn, for each input; a single epoch where all are alike."""
    target = data.program.type.target
    strata = target.strata(raw.train.targets)
    indices = np.arange(min(count, len(raw.train.targets))) if strata is None else chosen(strata, count)
    alike = not any(one.augment for one in data.processing)
    batches = [
        batch
        for epoch in range(1, 2 if alike else epochs + 1)
        for batch, _ in data.taken(epoch, torch.from_numpy(indices), [(0, len(indices))])
    ]
    names = tuple(map(target.text, raw.train.targets[indices].tolist()))
    found: list[Preview] = []
    for number, processing in enumerate(data.processing):
        before = processing.field.type.to_tensor(torch.from_numpy(raw.train.inputs[number][indices]))
        after = tuple(batch[number] for batch in batches)
        undone = tuple(map(processing.undone, after))
        found.append(Preview(processing.field, names, before, after, undone))
    return tuple(found)


def chosen(strata: np.ndarray, count: int) -> np.ndarray:
    """The indices of so many samples with these strata [N]: the first of each stratum, then the second."""
    order = np.argsort(strata, kind="stable")
    starts = np.searchsorted(strata[order], strata[order])
    # how many of its stratum come before each sample; of equals the stratum with the smaller number comes first
    rank = np.empty(len(strata), np.int64)
    rank[order] = np.arange(len(strata)) - starts
    return np.lexsort((strata, rank))[:count]
