"""Warnings of what was measured of data: classes that are rare or absent, values that are far too large or small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import hypot

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.sources import Samples
from netspec.catalogue.splitters import Division
from netspec.data.duplicates import equal_samples
from netspec.data.leaks import leaking_columns
from netspec.problems.base import Problem
from netspec.problems.measured import LargeInputs, LargeTargets, SmallInputs
from netspec.problems.samples import ClassesBelowFolds, ClassesEmpty, ClassesRare
from netspec.program.program import Program
from netspec.source import Span

RARE = 0.1
"""A class is rare below that share of the samples that it had if all classes had as many."""
LARGE = 100
"""The root mean square above which values are large for a network, whose first weights are for values around 1."""
SMALL = 1e-4
"""The share of the largest column below which a column is as good as absent."""
LOOKED = 10_000
"""So many samples at most are measured, spread evenly over the split."""


def sample_problems(program: Program, splits: Mapping[str, Samples]) -> Iterator[Problem]:
    """Warnings of the samples of each split, whatever the network is."""
    yield from _class_problems(program, {name: samples.targets for name, samples in splits.items()})
    yield from equal_samples(program, splits)
    yield from leaking_columns(program, splits)


def as_warning(problem: Problem) -> str:
    """A problem in a sentence, with what helps."""
    found = problem.diagnose()
    return f"{found.code}: {found.message}" + (f"; {found.help}" if found.help else "")


def _class_problems(program: Program, targets: Mapping[str, np.ndarray]) -> Iterator[Problem]:
    span, target, division = program.span_of("data.source"), program.type.target, program.data.validation
    balances = {split: target.balance(values) for split, values in targets.items()}
    for split, balance in balances.items():
        if empty := tuple(name for name, count in balance.items() if not count):
            others = tuple(other for other in balances if any(balances[other][name] for name in empty))
            yield ClassesEmpty(span, split, empty, others if split == "train" else ())
    counts = balances["train"]
    total = sum(counts.values())
    if rare := tuple(name for name, count in counts.items() if 0 < count < RARE * total / len(counts)):
        yield ClassesRare(span, rare, min(counts[name] for name in rare), total)
    if isinstance(division, Division) and "validation" in balances:
        # the folds have an even share of each class, as `data.split` deals them
        dealt = {name: count + balances["validation"][name] for name, count in counts.items()}
        if few := {name: count for name, count in dealt.items() if 0 < count < division.parts}:
            yield ClassesBelowFolds(program.span_of("data.validation"), tuple(few), min(few.values()), division.parts)


def scale_problems(program: Program, targets: np.ndarray, inputs: Sequence[Tensor]) -> Iterator[Problem]:
    """Warnings of training targets [N, …] and of columns of training inputs [N, …], in the order of the fields, that
    are large as the loss and the network take them, and of columns that are far smaller than others."""
    span, data = program.span_of("data.source"), program.data
    graph = program.graph
    last = graph.producers.get(graph.outputs[0].value)
    if not data.target_transform and not (last is not None and last.layer.rescales):
        for values in program.type.target.parts(targets).values():
            mean, std = float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))
            if hypot(mean, std) > LARGE:
                yield LargeTargets(span, mean, std)
    for index, (field, values) in enumerate(zip(program.type.fields, inputs, strict=True)):
        takers = [node.layer for node in graph.nodes if index in node.inputs]
        if values.ndim != 2 or not values.is_floating_point():
            continue
        if all(layer.normalizes_batch or layer.rescales for layer in takers):
            continue
        yield from _column_problems(span, field.type.part_names(values.shape[1]), values)


def _column_problems(span: Span | None, names: Sequence[str], values: Tensor) -> Iterator[Problem]:
    """Warnings of the columns of inputs [N, columns] by their root mean squares."""
    some = torch.nan_to_num(values[:: max(1, len(values) // LOOKED)].double(), 0.0)
    squares = some.square()
    sizes = dict(zip(names, squares.mean(0).sqrt().tolist(), strict=True))
    if large := tuple(name for name, size in sizes.items() if size > LARGE):
        yield LargeInputs(span, large, max(sizes.values()))
        return
    # a value that is mostly 0 isn't small for that
    scales = (squares.sum(0) / (some != 0).sum(0).clamp(min=1)).sqrt().tolist()
    largest = max(scales, default=0.0)
    small = {name: scale for name, scale in zip(names, scales, strict=True) if 0 < scale < SMALL * largest}
    if small:
        yield SmallInputs(span, tuple(small), min(small.values()), largest)
