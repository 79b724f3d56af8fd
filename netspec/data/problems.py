"""Warnings of what was measured of data: classes that are rare or absent, and values that are far too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import hypot

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.sources import Samples
from netspec.data.duplicates import equal_samples
from netspec.problems.base import Problem
from netspec.problems.measured import LargeInputs, LargeTargets
from netspec.problems.running import ClassesEmpty, ClassesRare
from netspec.program.program import Program

RARE = 0.1
"""A class is rare below that share of the samples that it had if all classes had as many."""
LARGE = 100
"""The root mean square above which values are large for a network, whose first weights are for values around 1."""
LOOKED = 10_000
"""So many samples at most are measured, spread evenly over the split."""


def data_problems(program: Program, splits: Mapping[str, Samples], inputs: Sequence[Tensor]) -> Iterator[Problem]:
    """Warnings of the samples of each split, and of the training inputs [N, …] in the order of the fields, as the
    network takes them."""
    targets = {name: samples.targets for name, samples in splits.items()}
    yield from _class_problems(program, targets)
    yield from scale_problems(program, targets["train"], inputs)
    yield from equal_samples(program, splits)


def as_warning(problem: Problem) -> str:
    """A problem in a sentence, with what helps."""
    found = problem.diagnose()
    return f"{found.code}: {found.message}" + (f"; {found.help}" if found.help else "")


def _class_problems(program: Program, targets: Mapping[str, np.ndarray]) -> Iterator[Problem]:
    span, target = program.span_of("data.source"), program.type.target
    balances = {split: target.balance(values) for split, values in targets.items()}
    for split, balance in balances.items():
        if empty := tuple(name for name, count in balance.items() if not count):
            yield ClassesEmpty(span, split, empty)
    counts = balances["train"]
    total = sum(counts.values())
    if rare := tuple(name for name, count in counts.items() if 0 < count < RARE * total / len(counts)):
        yield ClassesRare(span, rare, min(counts[name] for name in rare), total)


def scale_problems(program: Program, targets: np.ndarray, inputs: Sequence[Tensor]) -> Iterator[Problem]:
    """Warnings of targets and of columns of inputs that are large as the loss and the network take them."""
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
        some = values[:: max(1, len(values) // LOOKED)].double()
        sizes = torch.nan_to_num(some, 0.0).square().mean(0).sqrt()
        names = field.type.part_names(values.shape[1])
        if large := tuple(name for name, size in zip(names, sizes.tolist(), strict=True) if size > LARGE):
            yield LargeInputs(span, large, float(sizes.max()))
