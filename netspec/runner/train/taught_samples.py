"""What is made of the samples of a training for a teacher: what it gives for each, or what it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from torch import Tensor

from netspec.catalogue.losses import TaughtLoss
from netspec.data.prepare import PreparedData, RawSplits
from netspec.data.processing import Processing
from netspec.data.shared import Shared, basis_of
from netspec.memory import OutOfSpace
from netspec.program.features import MOST_BYTES
from netspec.program.plan import evaluation_batch
from netspec.program.program import as_data
from netspec.runner.machine.memory import weights_size
from netspec.runner.train.stored import stored
from netspec.runner.train.teachers import TeacherNetwork, name_of, weights_of

Columns = tuple[tuple[Tensor, ...], tuple[Processing, ...]]


@dataclass(frozen=True)
class TaughtSamples:
    """A teacher, and its `metrics` on the split that the student is evaluated on.

    `columns` [N, …] are for the samples of training, with what is done to each batch of them: if they were `kept`, what
    the teacher gives, one for each value that is learned from; else its inputs, or nothing where those are the inputs
    of the network.
    """

    teacher: TeacherNetwork
    metrics: Mapping[str, float]
    columns: tuple[Tensor, ...]
    processing: tuple[Processing, ...]
    kept: bool

    @property
    def size(self) -> int:
        return weights_size(self.teacher.network) + sum(values.nbytes for values in self.columns)


def taught_samples(
    folder: Path, losses: Sequence[TaughtLoss], data: PreparedData, load: Callable[[], RawSplits], shared: Shared
) -> TaughtSamples:
    """The teacher in a folder and the samples for it, which `load` gives as they came from the source; `losses` are
    those that learn from it. Raises NetspecError."""

    def make() -> TaughtSamples:
        teacher, raw = TeacherNetwork.of(folder, losses, data.device), load()
        metrics = teacher.evaluate(data, raw)
        kept = None if _is_changing(data) else _kept(teacher, data, raw)
        columns, processing = kept or _inputs(teacher, data, raw)
        return TaughtSamples(teacher, metrics, columns, processing, kept is not None)

    return shared.get(f"samples for {name_of(losses[0].teacher)}", lambda: _basis(folder, losses, data), make)


def _basis(folder: Path, losses: Sequence[TaughtLoss], data: PreparedData) -> Any:
    """What the samples for a teacher follow from."""
    program = data.program
    values = [loss.teacher_value for loss in losses]
    return [
        *(str(folder), weights_of(folder, losses[0]).sha256, values),
        *(basis_of(program, data.device), as_data(program.resolved["evaluate"])),
        *(_is_changing(data), evaluation_batch(program)),
    ]


def _is_changing(data: PreparedData) -> bool:
    """Whether samples are others in each epoch."""
    return bool(data.program.data.augment or data.program.train.mix)


def _kept(teacher: TeacherNetwork, data: PreparedData, raw: RawSplits) -> Columns | None:
    """What a teacher gives for all samples of training; None if it is too much to be kept."""
    graph, count, size = teacher.program.graph, len(raw.train.targets), evaluation_batch(data.program)
    if 4 * count * sum(prod(graph.shapes[value].dims) for value in teacher.view.given) > MOST_BYTES:
        return None
    batches = (inputs for _, inputs in teacher.inputs(raw.train.inputs, size, data.device))
    try:
        found, _ = stored(teacher.view, batches, count)
    except OutOfSpace:
        return None
    return found, (_as_is(data),) * len(found)


def _inputs(teacher: TeacherNetwork, data: PreparedData, raw: RawSplits) -> Columns:
    """The inputs of a teacher for all samples of training, and what is done to each batch of them; none if they are
    those of the network."""
    pairs = list(zip(teacher.processing, data.processing, strict=True))
    if all(its.same_transforms(mine) for its, mine in pairs):
        return (), ()
    found: list[Tensor] = []
    steps: list[Processing] = []
    for index, (its, mine) in enumerate(pairs):
        if mine.augment:
            found.append(data.training.inputs[index])
            steps.append(replace(its, augment=mine.augment))
        else:
            found.append(its.evaluated(raw.train.inputs[index]))
            steps.append(_as_is(data))
    return tuple(found), tuple(steps)


def _as_is(data: PreparedData) -> Processing:
    return Processing(data.program.type.fields[0], (), (), {})
