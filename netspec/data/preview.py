"""Some training samples as they are, and as the network sees them from epoch to epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.types import Classes, DataField
from netspec.data.prepare import PreparedData, RawSplits
from netspec.data.processing import as_numbers
from netspec.render.words import decimal


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
    places = chosen(raw.train.targets, count)
    alike = not any(one.augment for one in data.processing)
    batches = [
        batch
        for epoch in range(1, 2 if alike else epochs + 1)
        for batch, _ in data.taken(epoch, torch.from_numpy(places), [(0, len(places))])
    ]
    kind, targets = data.program.type.target, raw.train.targets[places].tolist()
    names = tuple(kind.names[target] if isinstance(kind, Classes) else decimal(target) for target in targets)
    found: list[Preview] = []
    for number, processing in enumerate(data.processing):
        before = as_numbers(torch.from_numpy(raw.train.inputs[number][places]))
        after = tuple(batch[number] for batch in batches)
        undone = tuple(map(processing.undone, after))
        found.append(Preview(processing.field, names, before, after, undone))
    return tuple(found)


def chosen(targets: np.ndarray, count: int) -> np.ndarray:
    """The places of so many samples: the first of each class, then the second; of numbers the first ones."""
    if not np.issubdtype(targets.dtype, np.integer):
        return np.arange(min(count, len(targets)))
    order = np.argsort(targets, kind="stable")
    starts = np.searchsorted(targets[order], targets[order])
    # how many of its class come before each sample; of equals the class with the smaller number comes first
    rank = np.empty(len(targets), np.int64)
    rank[order] = np.arange(len(targets)) - starts
    return np.lexsort((targets, rank))[:count]
