"""The section `data`: its sources, its splits, and missing values that nothing fills."""

from __future__ import annotations

from netspec.catalogue.entry import entries
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataType
from netspec.checker.context import Context, Described, Pass
from netspec.diagnostics import Label
from netspec.formats.errors import DataError
from netspec.problems import Problems
from netspec.problems.columns import COLUMN_PROBLEMS
from netspec.problems.measured import AmbiguousInput
from netspec.problems.values import Conflict
from netspec.program.data_errors import as_problem, as_problems
from netspec.program.splits import split_conflicts
from netspec.source import Span
from netspec.wording import either


def describe_data(data: Data, folders: DataFolders, spans: dict[str, Span], problems: Problems) -> Described | None:
    """What a run would take as things are.

    It is the first that is on the disk or can be fetched; where there is none, the first whose type is known.
    """
    many = len(data.source) > 1
    where = [spans.get(f"data.source[{i}]" if many else "data.source") for i in range(len(data.source))]
    types: dict[int, DataType] = {}
    errors: list[tuple[Span | None, DataError]] = []
    for index, source in enumerate(data.source):
        try:
            types[index] = source.describe(folders)
        except DataError as error:
            argument = f"data.source[{index}].{error.argument}" if many else f"data.source.{error.argument}"
            errors.append((spans.get(argument, where[index]), error))
    for span, error in errors:
        # one of several sources may be missing, but none may be malformed
        if not types or error.what not in ("missing", "unreachable"):
            for problem in as_problems(error, span):
                problems.add(problem)
    if not types:
        return None
    first = next((index for index in types if _can_be_had(data.source[index], folders)), min(types))
    for index, type in types.items():
        difference = types[first].difference(type)
        if difference is not None:
            message = f"alternative sources need the same type, and this one has {difference}"
            span = where[first]
            labels = (Label(span, str(types[first])),) if span is not None else ()
            problems.add(Conflict(where[index], message, str(type), labels))
    return first, types[first]


def _can_be_had(source: DataSource, folders: DataFolders) -> bool:
    return source.fetchable or source.unavailable(folders) is None


def check_splits(data: Data, type: DataType, spans: dict[str, Span], problems: Problems) -> None:
    """Splits that the data allows: a sample for each at least, and none that the source has for itself."""
    for split, own in (("test", type.test), ("validation", type.validation)):
        if getattr(data, split) is not None and own:
            message = f"the source has a {split} split of its own, of {own:_} samples"
            problems.add(Conflict(spans.get(f"data.{split}"), message, help=f"leave `{split}` out"))
    for misfit in split_conflicts(data, *type.counts):
        problems.add(Conflict(spans.get(f"data.{misfit.argument}"), misfit.reason, help=misfit.help))


def _check_gaps(context: Context) -> None:
    """Missing values that nothing fills before another transform would compute with them."""
    for gap in context.data.gaps(context.type):
        context.problems.add(as_problem(gap, context.spans.get("data.source")))


def _check_readings(context: Context) -> None:
    """Inputs that the source leaves open and that were taken in a way that may well be wrong."""
    for field in context.type.fields:
        if field.ambiguous and field.reading is not None:
            reason = field.reading.partition("; ")[0]
            context.problems.add(AmbiguousInput(context.spans.get("data.source"), reason))


def _check_target_transform(context: Context) -> None:
    """Transforms of targets that aren't numbers, that aren't for targets, or whose results the loss doesn't take."""
    steps, target, place = (
        context.data.target_transform,
        context.type.target,
        context.spans.get("data.target_transform"),
    )
    if not steps:
        return
    refusing = next((loss for loss in context.loss.losses if not loss.scalable), None)
    wrong = next((step for step in steps if not step.scales_targets), None)
    if target.labels:
        reading = str(context.type.reading) if context.type.reading is not None else None
        message = f"`target_transform` is for numbers, but the targets are {target.plural}"
        context.problems.add(Conflict(place, message, help=reading or "remove `target_transform`"))
    elif wrong is not None:
        fitting = either([f"`{entry.name()}`" for entry in entries(Transform) if entry.scales_targets])
        message = f"`{wrong.name()}` can't scale targets"
        context.problems.add(Conflict(place, message, help=f"use {fitting}"))
    elif refusing is not None:
        message = f"`{refusing.name()}` takes the targets as they are, but `target_transform` scales them"
        context.problems.add(Conflict(place, message, help="remove `target_transform`"))


def _check_remarks(context: Context) -> None:
    """Columns that likely aren't meant as inputs, and values that are read as something else."""
    for remark in context.type.remarks:
        kind = COLUMN_PROBLEMS[remark.kind]
        context.problems.add(kind(context.spans.get("data.source"), remark.message, help=remark.help))


CHECKS = (
    Pass(
        "splits",
        lambda context: check_splits(context.data, context.type, context.spans, context.problems),
        needs=("data", "described", "data.sample", "data.validation", "data.test"),
    ),
    Pass("readings", _check_readings, needs=("data", "described", "data.source")),
    Pass(
        "target transform",
        _check_target_transform,
        needs=("data", "described", "loss", "data.target_transform", "train.loss"),
    ),
    Pass("remarks", _check_remarks, needs=("data", "described")),
    Pass("gaps", _check_gaps, needs=("data", "described", "data.transform", "data.augment")),
)
