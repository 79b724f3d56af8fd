"""Equal samples: in a split to train on and in another one, or with different classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from netspec.catalogue.sources import Samples
from netspec.problems.base import Problem
from netspec.problems.samples import EqualAcrossSplits, EqualWithOtherClass
from netspec.program.program import Program

PORTION = 2**24
"""About how many bytes are looked at together."""


def equal_samples(program: Program, splits: Mapping[str, Samples]) -> Iterator[Problem]:
    """What is wrong with samples whose inputs are equal, as they came from the source of a program; `splits` are those
    that there are, by their names."""
    span, target = program.span_of("data.source"), program.type.target
    found = {name: digests(samples) for name, samples in splits.items()}
    for name in ("validation", "test"):
        if name in found and (count := int(np.isin(found[name], found["train"]).sum())):
            yield EqualAcrossSplits(span, name, count, len(found[name]))
    if target.labels and splits["train"].targets.ndim == 1:
        values = np.concatenate(list(found.values()))
        targets = np.concatenate([samples.targets for samples in splits.values()])
        if pair := _contradiction(values, targets):
            count, one, other = pair
            yield EqualWithOtherClass(span, count, len(values), target.labels[one], target.labels[other])


def digests(samples: Samples) -> np.ndarray:
    """A number for each sample, int64 [N], that is the same for equal inputs in this process."""
    fields = [_digests(values) for values in samples.inputs]
    if len(fields) == 1:
        return fields[0]
    return np.array([hash(each) for each in zip(*(field.tolist() for field in fields), strict=True)], np.int64)


def _digests(values: np.ndarray) -> np.ndarray:
    count, size = len(values), values[:1].nbytes
    found = np.empty(count, np.int64)
    step = max(PORTION // max(size, 1), 1)
    for start in range(0, count, step):
        part = values[start : start + step]
        # 0 and -0 are equal, and have other bytes
        content = memoryview((part + part.dtype.type(0) if part.dtype.kind == "f" else part).tobytes())
        rows = range(0, len(content), size)
        found[start : start + len(rows)] = [hash(content[row : row + size]) for row in rows]
    return found


def _contradiction(values: np.ndarray, targets: np.ndarray) -> tuple[int, int, int] | None:
    """How many samples are equal to one with another target, and two such targets; None if there are none."""
    order = np.lexsort((targets, values))
    values, targets = values[order], targets[order]
    starts = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    ends = np.append(starts[1:], len(values))
    # in the order of their targets, those of equal samples are the same if the first and the last are
    differ = targets[starts] != targets[ends - 1]
    if not differ.any():
        return None
    first = int(differ.argmax())
    count = int((ends - starts)[differ].sum())
    return count, int(targets[starts[first]]), int(targets[ends[first] - 1])
