"""Teaching: the losses against teachers, and where what the teachers give for a batch comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import torch
from torch import Tensor, nn

from netspec.catalogue.losses import TaughtLoss
from netspec.data.prepare import PreparedData, RawSplits, Split
from netspec.data.processing import Processing
from netspec.memory import OutOfSpace
from netspec.modules.losses import added
from netspec.program.features import MOST_BYTES
from netspec.program.plan import evaluation_batch
from netspec.program.program import Program
from netspec.program.values import named_value
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.stored import stored
from netspec.runner.train.teachers import TeacherNetwork, find_teacher, known_teachers, name_of, record_of
from netspec.saved.formats import TEACHERS
from netspec.saved.teacher_record import TeacherRecord


@dataclass(frozen=True)
class TaughtTerm:
    """A loss against a teacher, its factor, and the network's value that it takes, by its number in the graph."""

    factor: float
    loss: nn.Module
    value: int


@dataclass(frozen=True)
class Lessons:
    """A teacher with the terms that learn from it, and which columns of a batch it takes.

    They are what it gives, if they were `kept`: one for each term. Else they are its inputs, from which it computes
    what it gives; without any its inputs are those of the network.
    """

    teacher: TeacherNetwork
    terms: tuple[TaughtTerm, ...]
    columns: slice | None = None
    kept: bool = False

    def values(self, inputs: Sequence[Tensor], more: Sequence[Tensor]) -> Sequence[Tensor]:
        """What the teacher gives for a batch, of which the network takes the `inputs` and there is `more`."""
        if self.kept:
            return more[self.columns or slice(0)]
        with torch.no_grad():
            return self.teacher.view(*(inputs if self.columns is None else more[self.columns]))


@dataclass(frozen=True)
class Teaching:
    """The losses against teachers. What the teachers give is computed once for each sample and kept, where samples come
    as they are; else for each batch, of the samples as they are augmented or mixed in it."""

    lessons: tuple[Lessons, ...]
    records: tuple[TeacherRecord, ...]

    @classmethod
    def of(cls, program: Program, data: PreparedData, raw: RawSplits, folder: RunFolder) -> Teaching | None:
        """Load the teachers of a program; None if it has none. Raises NetspecError."""
        by_teacher: dict[str, list[tuple[str, float, TaughtLoss]]] = {}
        for path, factor, loss in program.loss.taught():
            by_teacher.setdefault(name_of(loss.teacher), []).append((path, factor, loss))
        if not by_teacher:
            return None
        known = known_teachers(folder, by_teacher)
        lessons: list[Lessons] = []
        records: dict[str, TeacherRecord] = {}
        for name, found in by_teacher.items():
            path, _, loss = found[0]
            place = find_teacher(program, loss, f"{path}.teacher", known.get(name))
            teacher = TeacherNetwork.of(place, [loss for _, _, loss in found], data.device)
            terms = tuple(
                TaughtTerm(factor, loss.against().to(data.device), _number(program, loss)) for _, factor, loss in found
            )
            lessons.append(Lessons(teacher, terms))
            records[name] = record_of(place, teacher.weights, teacher.evaluate(data, raw))
        if not known:
            written = {name: record.as_data() for name, record in records.items()}
            folder.write_json(TEACHERS.file, {"format": TEACHERS.current, "teachers": written})
        return cls(tuple(lessons), tuple(records.values()))

    def joined(self, data: PreparedData, raw: RawSplits) -> tuple[Teaching, PreparedData]:
        """The teaching whose columns follow the inputs of the network in the batches of the data that is returned."""
        lessons: list[Lessons] = []
        columns: list[Tensor] = []
        processing: list[Processing] = []
        changing = bool(data.program.data.augment or data.program.train.mix)
        for lesson in self.lessons:
            found, steps, kept = (None, (), False) if changing else (_kept(lesson, data, raw), (), True)
            if found is None:
                found, steps, kept = *_inputs(lesson, data, raw), False
            if found:
                start = len(columns)
                columns += found
                processing += steps or (_as_is(data),) * len(found)
                lesson = replace(lesson, columns=slice(start, len(columns)), kept=kept)
            lessons.append(lesson)
        training = Split((*data.training.inputs, *columns), data.training.targets)
        joined = replace(data, training=training, processing=(*data.processing, *processing))
        return replace(self, lessons=tuple(lessons)), joined

    @property
    def values(self) -> tuple[int, ...]:
        """The values of the network that are compared, by their numbers."""
        return tuple(dict.fromkeys(term.value for lesson in self.lessons for term in lesson.terms))

    def loss(self, own: Mapping[int, Tensor], inputs: Sequence[Tensor], more: Sequence[Tensor]) -> Tensor:
        """The losses of a batch times their factors, a scalar, from the network's `own` values."""
        terms: list[Tensor] = []
        for lesson in self.lessons:
            given = lesson.values(inputs, more)
            for term, taught in zip(lesson.terms, given, strict=True):
                terms.append(term.factor * term.loss(own[term.value].float(), taught.float()))
        return added(terms)


def _number(program: Program, loss: TaughtLoss) -> int:
    number = named_value(program.graph, loss.student_value)
    assert number is not None, "checked before"
    return number


def _kept(lesson: Lessons, data: PreparedData, raw: RawSplits) -> tuple[Tensor, ...] | None:
    """What a teacher gives for all samples of training; None if it is too much to be kept."""
    graph, count, size = lesson.teacher.program.graph, len(raw.train.targets), evaluation_batch(data.program)
    if 4 * count * sum(prod(graph.shapes[value].dims) for value in lesson.teacher.view.given) > MOST_BYTES:
        return None
    batches = (inputs for _, inputs in lesson.teacher.inputs(raw.train.inputs, size, data.device))
    try:
        found, _ = stored(lesson.teacher.view, batches, count)
    except OutOfSpace:
        return None
    return found


def _inputs(lesson: Lessons, data: PreparedData, raw: RawSplits) -> tuple[tuple[Tensor, ...], tuple[Processing, ...]]:
    """The inputs of a teacher for all samples of training, and what is done to each batch of them; none if they are
    those of the network."""
    pairs = list(zip(lesson.teacher.processing, data.processing, strict=True))
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
