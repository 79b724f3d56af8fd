"""Teaching: the losses against teachers, and where what the teachers give for a batch comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from netspec.catalogue.losses import TaughtLoss
from netspec.data.prepare import PreparedData, RawSplits, Split
from netspec.data.processing import Processing
from netspec.data.shared import Shared
from netspec.modules.losses import added
from netspec.program.program import Program
from netspec.program.values import named_value
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.taught_samples import taught_samples
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
    def of(
        cls,
        program: Program,
        data: PreparedData,
        load: Callable[[], RawSplits],
        folder: RunFolder,
        shared: Shared,
    ) -> tuple[Teaching, PreparedData] | None:
        """The teaching of a program, whose samples `load` gives, and its data, in whose batches what is for the
        teachers follows the inputs of the network; None if it has no teachers. Raises NetspecError."""
        by_teacher: dict[str, list[tuple[str, float, TaughtLoss]]] = {}
        for path, factor, loss in program.loss.taught():
            by_teacher.setdefault(name_of(loss.teacher), []).append((path, factor, loss))
        if not by_teacher:
            return None
        known = known_teachers(folder, by_teacher)
        lessons: list[Lessons] = []
        records: dict[str, TeacherRecord] = {}
        columns: list[Tensor] = []
        processing: list[Processing] = []
        for name, found in by_teacher.items():
            path, _, loss = found[0]
            place = find_teacher(program, loss, f"{path}.teacher", known.get(name))
            taught = taught_samples(place, [loss for _, _, loss in found], data, load, shared)
            terms = tuple(
                TaughtTerm(factor, loss.against().to(data.device), _number(program, loss)) for _, factor, loss in found
            )
            taken = slice(len(columns), len(columns) + len(taught.columns)) if taught.columns else None
            lessons.append(Lessons(taught.teacher, terms, taken, taught.kept))
            records[name] = record_of(place, taught.teacher.weights, taught.metrics)
            columns += taught.columns
            processing += taught.processing
        if not known:
            written = {name: record.as_data() for name, record in records.items()}
            folder.write_json(TEACHERS.file, {"format": TEACHERS.current, "teachers": written})
        training = Split((*data.training.inputs, *columns), data.training.targets)
        joined = replace(data, training=training, processing=(*data.processing, *processing))
        return cls(tuple(lessons), tuple(records.values())), joined

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
