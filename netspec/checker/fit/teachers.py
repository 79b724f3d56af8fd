"""Teachers against the network that learns from them: the fields of their data, their classes, values and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from netspec.catalogue.losses import TaughtLoss
from netspec.catalogue.types import DataType
from netspec.formats.errors import DataError
from netspec.formats.run_weights import run_folder, run_weights
from netspec.problems import NetspecError, Problems
from netspec.problems.training import WrongTeacher
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.program.values import named_value, nearest_name
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

SavedProgram = Callable[[Path], Program]


def check_teachers(
    program: Program, saved_program: SavedProgram, spans: Mapping[str, Span], problems: Problems
) -> None:
    """Report teachers that can't be learned from, of their runs' folders as they are now."""
    for path, _, loss in program.loss.taught():
        span = spans.get(f"{path}.teacher", spans.get(path))
        name, spec = loss.teacher.folder, program.folders.spec
        try:
            folder = run_folder(name, spec)
            teacher = saved_program(folder)
            run_weights(name, folder, spec, loss.teacher.weights)
        except DataError as error:
            problems.add(WrongTeacher(span, f"there is no such teacher: {error.reason}", help=error.help))
            continue
        except NetspecError as error:
            first = next(found for found in error.diagnostics if found.is_error)
            problems.add(WrongTeacher(span, f"there is no such teacher: {first.message}", help=first.help))
            continue
        misfit = _unfit(program, teacher, loss)
        if misfit is not None:
            place = spans.get(f"{path}.{misfit.argument}", span) if misfit.argument else span
            notes = (f"the teacher is `{folder}`, trained on {teacher.type}",)
            problems.add(WrongTeacher(place, misfit.reason, notes=notes, help=misfit.help))


def _unfit(program: Program, teacher: Program, loss: TaughtLoss) -> MisfitError | None:
    """Why a network can't learn from a teacher; None if it can."""
    try:
        _compare_fields(program.type, teacher.type)
        loss.fits(program.type.target, teacher.type.target)
        mine = _value(program.graph, loss.student_value, "value", "the network")
        its = _value(teacher.graph, loss.teacher_value, "like", "the teacher")
    except MisfitError as error:
        return error
    if mine == its:
        return None
    reason = f"the network gives {mine}, and the teacher {its}"
    if loss.student_value is not None:
        reason = f"the network's `{loss.student_value}` gives {mine}, and the teacher's `{loss.teacher_value}` {its}"
    return MisfitError(reason, help="both have to be of one shape")


def _compare_fields(mine: DataType, its: DataType) -> None:
    """Raises MisfitError where a teacher takes other samples."""
    names, others = ([field.name for field in type.fields] for type in (mine, its))
    if names != others:
        reason = f"the teacher takes the fields {', '.join(others)}, and the data has {', '.join(names)}"
        raise MisfitError(reason, help="the teacher takes the same fields, in the same order")
    for field, other in zip(mine.fields, its.fields, strict=True):
        if field.type != other.type:
            where = f" of the field `{field.name}`" if len(names) > 1 else ""
            both = f"{other.type}, and the data has {field.type}"
            if str(other.type) == str(field.type):
                both = f"{other.type} with other columns, categories or words than the data has"
            raise MisfitError(f"the teacher takes samples{where} of {both}", help="a teacher of the same samples")


def _value(graph: Graph, name: str | None, argument: str, owner: str) -> Shape:
    """The shape of a named value; raises MisfitError where there is none."""
    number = named_value(graph, name)
    if number is None:
        assert name is not None
        nearest = nearest_name(graph, name)
        help = f'did you mean `"{nearest}"`?' if nearest else "names of layers: netspec plan"
        raise MisfitError(f"{owner} has no layer `{name}`", argument=argument, help=help)
    return graph.shapes[number]
