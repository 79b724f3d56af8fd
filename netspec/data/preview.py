"""Some training samples as they are, and as the network sees them from epoch to epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.sources import InputSample
from netspec.catalogue.types import DataField
from netspec.data.prepare import PreparedData, RawSplits, Split


@dataclass(frozen=True)
class Preview:
    """An input of some samples [N, …]: as it is, images as numbers from 0 to 1, and as the network takes it in each
    epoch. `undone` is the same with the numbers as they were before the transforms, to be looked at. `names` are their
    classes or numbers, or where they are from."""

    field: DataField
    names: tuple[str, ...]
    before: Tensor
    epochs: tuple[Tensor, ...]
    undone: tuple[Tensor, ...]


def preview(raw: RawSplits, data: PreparedData, count: int, epochs: int) -> tuple[Preview, ...]:
    """The first training samples of each class in turn, for each input; a single epoch where all are alike."""
    target = data.program.type.target
    strata = target.strata(raw.train.targets)
    indices = np.arange(min(count, len(raw.train.targets))) if strata is None else chosen(strata, count)
    names = tuple(map(target.text, raw.train.targets[indices].tolist()))
    return _previews(data, names, [values[indices] for values in raw.train.inputs], indices, epochs)


def preview_of(sample: InputSample, data: PreparedData, epochs: int) -> Preview:
    """A sample of a file, for a network with one input: as training would see it if it were its only sample."""
    (processing,), values = data.processing, np.stack([sample.values])
    inputs = torch.from_numpy(values) if processing.augment else processing.evaluated(values)
    alone = replace(data, training=Split((inputs,), data.training.targets[:1]))
    (found,) = _previews(alone, (Path(sample.name).name,), [values], np.zeros(1, np.int64), epochs)
    return found


def _previews(
    data: PreparedData, names: tuple[str, ...], raw: Sequence[np.ndarray], indices: np.ndarray, epochs: int
) -> tuple[Preview, ...]:
    """Each input of the training samples of these indices, which `raw` has as the source gives them; a single epoch
    where all are alike."""
    alike = not any(one.augment for one in data.processing)
    batches = [
        batch
        for epoch in range(1, 2 if alike else epochs + 1)
        for batch, _ in data.taken(epoch, torch.from_numpy(indices), [(0, len(indices))])
    ]
    found: list[Preview] = []
    for number, processing in enumerate(data.processing):
        before = processing.field.type.to_tensor(torch.from_numpy(raw[number]))
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
