"""Columns of a table that alone tell the target: what is known only with the target isn't there for new samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import numpy as np

from netspec.catalogue.sources import Samples
from netspec.data.split import subsample
from netspec.problems.base import Problem
from netspec.problems.samples import ColumnTellsTarget
from netspec.program.program import Program

FEWEST = 50
"""With fewer training samples, a column may tell the target by chance."""
SEVERAL = 5
"""A value of a column stands for a class if it occurs so often at least, and with no other class."""
SUPPORT = 10
"""The fewest samples that two classes need at least for a rule to say something."""
WRONG = 0.001
"""The share of the samples of a class in which a rule may be wrong."""
CORRELATION = 0.9999
"""From this correlation on a column is the target in other units."""
LOOKED = 5_000
"""The largest number of samples of a split that are looked at, drawn at random."""
SHOWN = 5
"""The largest number of columns that are warned of."""

NONE, OPEN = -1, -2
"""In the place of a class: a value that stands for no class, and one that training samples don't have."""
Rule = Callable[[np.ndarray], np.ndarray]
"""The classes [N] of the values [N] of a column, NONE or OPEN where there is none."""


def leaking_columns(program: Program, splits: Mapping[str, Samples]) -> Iterator[Problem]:
    """Warnings of the columns of a table, one of several, that alone determine the targets of the training samples;
    `splits` are the samples as they came from the source, by the names of their splits.

    A rule for classes is found in the training samples and must hold in the other splits too. Generated and bundled
    data is left alone.
    """
    if not program.assumed.files(program.folders):
        return
    some = {name: samples.at(subsample(len(samples.targets), LOOKED)) for name, samples in splits.items()}
    if len(some["train"].targets) < FEWEST:
        return
    span = program.span_of("data.source")
    found = ((name, reason) for name, values in _columns(program, some) if (reason := _reason(program, values, some)))
    for name, reason in islice(found, SHOWN):
        yield ColumnTellsTarget(span, name, reason)


def _columns(program: Program, splits: Mapping[str, Samples]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """The columns of the tables among the inputs, if they are more than one: the name of each and its values [N] in
    each split. A category is its number, and a missing value -inf."""
    fields = program.type.fields
    tables = [(index, column) for index, field in enumerate(fields) for column in field.type.table_columns]
    if len(tables) + len(fields) - len({index for index, _ in tables}) < 2:
        return
    start, before = 0, -1
    for index, column in tables:
        start, before = (start if index == before else 0), index
        values = {
            name: _numbers(samples.inputs[index][:, start : start + column.width]) for name, samples in splits.items()
        }
        start += column.width
        yield column.name, values


def _numbers(values: np.ndarray) -> np.ndarray:
    """A column [N, width] as numbers [N]."""
    if values.shape[1] > 1:
        return np.where(values.any(1), values.argmax(1), -1).astype(np.float64)
    return np.nan_to_num(values[:, 0].astype(np.float64), nan=-np.inf)


def _reason(program: Program, values: Mapping[str, np.ndarray], splits: Mapping[str, Samples]) -> str | None:
    """How a column tells the target, in words; None if it doesn't."""
    target, targets = program.type.target, {name: samples.targets for name, samples in splits.items()}
    if target.labels and targets["train"].ndim == 1:
        return _of_classes(target.labels, values, targets)
    for part, numbers in target.parts(targets["train"]).items():
        correlation = _correlation(values["train"], numbers)
        if abs(correlation) > CORRELATION:
            what = f"`{part}`" if part else "the target"
            return f"its correlation with {what} is {correlation:.5f}"
    return None


def _of_classes(
    labels: tuple[str, ...], values: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray]
) -> str | None:
    numbers, classes = values["train"], targets["train"]
    if np.sort(np.bincount(classes, minlength=2))[-2] < SUPPORT:
        return None
    for found in (_by_value(numbers, classes), _by_threshold(labels, numbers, classes)):
        if found is None:
            continue
        rule, words = found
        # a share of 0.1 % is less than a sample in a small split
        if _explains(rule, numbers, classes, 0) and all(
            _explains(rule, values[name], targets[name], 1) for name in values if name != "train"
        ):
            return words
    return None


def _by_value(numbers: np.ndarray, classes: np.ndarray) -> tuple[Rule, str] | None:
    """Each value stands for its most frequent class."""
    kinds, places, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    if len(kinds) < 2 or len(kinds) * SEVERAL > len(numbers):
        return None
    table = np.zeros((len(kinds), int(classes.max()) + 1), np.int64)
    np.add.at(table, (places, classes), 1)
    meanings = np.where(counts < SEVERAL, NONE, table.argmax(1))

    def rule(values: np.ndarray) -> np.ndarray:
        nearest = np.searchsorted(kinds, values).clip(max=len(kinds) - 1)
        return np.where(kinds[nearest] == values, meanings[nearest], OPEN)

    return rule, f"each of its {len(kinds)} values occurs with one class only"


def _by_threshold(labels: tuple[str, ...], numbers: np.ndarray, classes: np.ndarray) -> tuple[Rule, str] | None:
    """The smaller values stand for one class, the larger ones for the other; None unless there are two classes."""
    present = np.unique(classes)
    if len(present) != 2:
        return None
    order = np.argsort(numbers, kind="stable")
    ordered, second = numbers[order], classes[order] == present[1]
    possible = np.flatnonzero(ordered[1:] > ordered[:-1])
    if not len(possible):
        return None
    # right at each place, if the second class is above it
    right = np.cumsum(~second)[possible] + second.sum() - np.cumsum(second)[possible]
    rising = right.max() >= len(numbers) - right.min()
    place = possible[right.argmax() if rising else right.argmin()]
    below, above = present if rising else present[::-1]
    low, high = ordered[place], ordered[place + 1]
    middle = high if np.isinf(low) else (low + high) / 2
    words = f"`{labels[above]}` has the values above {middle:.4g}, `{labels[below]}` the others"
    return (lambda values: np.where(values <= low, below, np.where(values >= high, above, OPEN))), words


def _explains(rule: Rule, numbers: np.ndarray, classes: np.ndarray, spare: int) -> bool:
    """Whether a rule gives the samples of every class their class, but for a few and those that it leaves open."""
    found = rule(numbers)
    wrong = np.bincount(classes, (found != classes) & (found != OPEN))
    return bool((wrong <= WRONG * np.bincount(classes) + spare).all())


def _correlation(numbers: np.ndarray, targets: np.ndarray) -> float:
    known = np.isfinite(numbers)
    x, y = numbers[known], targets[known].astype(np.float64)
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
