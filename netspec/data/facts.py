"""What data is, in figures: its classes split by split, and its numbers as they come and as the network takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.types import DataField
from netspec.data.data_record import DataRecord
from netspec.data.prepare import PreparedData, RawSplits
from netspec.data.processing import portions
from netspec.problems.base import Problem
from netspec.program.program import Program

LOOKED = 10_000
"""So many samples at most are taken through the augmentation to be measured."""


@dataclass(frozen=True)
class Spread:
    """The numbers of a channel, of a column or of all words: none if all are missing."""

    name: str
    missing: int
    low: float
    high: float
    mean: float
    std: float


@dataclass(frozen=True)
class Values:
    """An input at one moment: the sizes of a sample, the type of its numbers, and their spread part by part."""

    shape: tuple[int, ...]
    dtype: str
    spreads: tuple[Spread, ...]


@dataclass(frozen=True)
class InputFacts:
    """An input as it comes from the source, images as numbers from 0 to 1, and as the network takes it in the first
    epoch."""

    field: DataField
    before: Values
    after: Values


@dataclass(frozen=True)
class DataFacts:
    """What a run with the program would work with. `classes` has for each split how many samples each class has,
    `numbers` how the targets spread where they are numbers; splits that aren't there are left out. The first epoch was
    measured on `looked` of its samples. `problems` are warnings of all that."""

    program: Program
    used: DataRecord
    names: tuple[str, ...]
    classes: dict[str, tuple[int, ...]]
    numbers: dict[str, Spread]
    inputs: tuple[InputFacts, ...]
    looked: int
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, raw: RawSplits, data: PreparedData) -> DataFacts:
        targets = {name: samples.targets for name, samples in raw.splits.items()}
        target, fields = data.program.type.target, data.program.type.fields
        counts: dict[str, tuple[int, ...]] = {}
        numbers: dict[str, Spread] = {}
        for name, values in targets.items():
            if balance := target.balance(values):
                counts[name] = tuple(balance.values())
            for part, its in target.parts(values).items():
                label = f"{name} {part}" if part else name
                numbers[label] = _spread(label, torch.from_numpy(its))
        before = [_raw(field, values) for field, values in zip(fields, raw.train.inputs, strict=True)]
        looked, after = _first_epoch(data)
        inputs = tuple(map(InputFacts, fields, before, after))
        return cls(data.program, data.data_record, target.labels, counts, numbers, inputs, looked, data.problems)


def _first_epoch(data: PreparedData) -> tuple[int, list[Values]]:
    """The inputs as the network takes them in the first epoch, and on how many samples that was measured."""
    fields, looked = data.program.type.fields, 0
    some: tuple[Tensor, ...] = ()
    figures: list[tuple[Tensor, ...]] = []
    for some, targets in data.epoch(1):
        figures.append(tuple(map(_figures, fields, some)))
        looked += len(targets)
        if looked >= LOOKED:
            break
    return looked, [_values(*one) for one in zip(fields, some, zip(*figures, strict=True), strict=True)]


def _raw(field: DataField, values: np.ndarray) -> Values:
    """An input of the training split as it comes from the source."""
    inputs = torch.from_numpy(values)
    return _values(field, inputs, [_figures(field, field.type.to_tensor(portion)) for portion in portions(inputs)])


def _values(field: DataField, inputs: Tensor, figures: Iterable[Tensor]) -> Values:
    """Put together what was found in some portions of inputs that are like these."""
    spreads = _put_together(torch.stack(list(figures)))
    names = field.type.part_names(len(spreads))
    dtype = str(inputs.dtype).removeprefix("torch.")
    return Values(
        tuple(inputs.shape[1:]), dtype, tuple(Spread(name, *found) for name, found in zip(names, spreads, strict=True))
    )


def _spread(name: str, values: Tensor) -> Spread:
    return Spread(name, *_put_together(_figures_of(values.reshape(-1, 1, 1))[None])[0])


def _figures(field: DataField, inputs: Tensor) -> Tensor:
    return _figures_of(field.type.parts(inputs))


def _figures_of(inputs: Tensor) -> Tensor:
    """Of the parts of [N, parts, …] how many numbers there are and how many are missing, their mean, the sum of the
    squares around it, the smallest and the largest: [6, parts]."""
    values = inputs.double()
    missing = values.isnan()
    there = (~missing).sum((0, 2)).double()
    mean = values.nansum((0, 2)) / there.clamp(min=1)
    square = (values - mean[:, None]).square().nansum((0, 2))
    low, high = (torch.where(missing, end, values) for end in (torch.inf, -torch.inf))
    return torch.stack([there, missing.sum((0, 2)), mean, square, low.amin((0, 2)), high.amax((0, 2))])


def _put_together(figures: Tensor) -> list[tuple[int, float, float, float, float]]:
    """Of the figures of some portions [portions, 6, parts]: missing, low, high, mean and standard deviation of each
    part. Deviations are summed up around the mean of each portion, so that large numbers lose no digits."""
    there, missing, means, squares, lows, highs = figures.unbind(1)
    count = there.sum(0)
    mean = (there * means).sum(0) / count
    std = ((squares + there * (means - mean).square()).sum(0) / count).sqrt()
    rows = zip(lows.amin(0).tolist(), highs.amax(0).tolist(), mean.tolist(), std.tolist(), strict=True)
    found: list[tuple[int, float, float, float, float]] = []
    for number, known, row in zip(missing.sum(0).int().tolist(), count.tolist(), rows, strict=True):
        low, high, middle, deviation = row if known else (nan, nan, nan, nan)
        found.append((number, low, high, middle, deviation))
    return found
