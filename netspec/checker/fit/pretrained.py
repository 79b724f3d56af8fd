"""Pretrained weights and the images that they were trained with: statistics for `normalize(pretrained)`, and lints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netspec import zoo
from netspec.catalogue.image_statistics import KnownStatistics, alike
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.train import Train
from netspec.diagnostics import Edit, Fix, Label
from netspec.problems import Problem, Problems
from netspec.problems.training import OtherSize, OtherThanTrained
from netspec.problems.values import Conflict
from netspec.program.graph import Graph
from netspec.program.program import Program, placed
from netspec.program.training import INIT
from netspec.shapes import MisfitError
from netspec.source import Span

Spans = Mapping[str, Span]


def trained_with(train: Train, graph: Graph) -> dict[str, zoo.Weights]:
    """The images that the weights of rules were trained with, by the paths of the rules that know it."""
    rules = ((path, rule.loads()) for path, rule in placed(INIT, train.init))
    found = ((path, rule.trained_with(graph.bodies)) for path, rule in rules if rule is not None)
    return {path: weights for path, weights in found if weights is not None}


def with_statistics(data: Data, train: Train, graph: Graph, spans: Spans, problems: Problems) -> Data:
    """The section with the statistics of the weights in the transforms that take them."""
    known = {(weights.mean, weights.std) for weights in trained_with(train, graph).values()}
    statistics: KnownStatistics | None = next(iter(known), None)
    steps = [*data.transform]
    for index, step in enumerate(steps):
        span = _step(spans, index, len(steps))
        try:
            steps[index] = step.with_statistics(statistics)
        except MisfitError as error:
            problems.add(Conflict(span, error.reason, help=error.help))
            continue
        if steps[index] is not step and len(known) > 1:
            message = "the weights that are loaded were trained with different statistics"
            problems.add(Conflict(span, message, help="give `mean` and `std`"))
    return data if steps == [*data.transform] else data.model_copy(update={"transform": tuple(steps)})


def pretrained_lints(program: Program, spans: Spans) -> Iterator[Problem]:
    """Images that are normalized differently than those of the weights, or are much smaller."""
    pictured = [field for field in program.type.fields if field.type.pictured]
    for path, weights in trained_with(program.train, program.graph).items():
        labels = tuple(Label(span, "the weights") for span in [spans.get(path)] if span)
        if pictured:
            yield from _statistics(program, weights, spans, labels)
            yield from _size(program, weights, spans.get(path))


def _statistics(
    program: Program, weights: zoo.Weights, spans: Spans, labels: tuple[Label, ...]
) -> Iterator[OtherThanTrained]:
    steps = program.data.transform
    expected, right = (weights.mean, weights.std), "normalize(pretrained)"
    mean, std = (", ".join(f"{value:g}" for value in values) for values in expected)
    for index, step in enumerate(steps):
        if not step.normalizes or not step.field.pictured:
            continue
        if not alike(step.known_statistics, expected):
            message = f"these weights were trained with a mean of [{mean}] and a standard deviation of [{std}]"
            span = _step(spans, index, len(steps))
            fix = Fix(f"`{right}`", (Edit(span, right),)) if span is not None else None
            yield OtherThanTrained(span, message, labels=labels, fix=fix)
        return
    span = spans.get("data.transform", spans.get("data.source"))
    message = "the images aren't normalized, but those that the weights were trained with are"
    yield OtherThanTrained(span, message, labels=labels, help=f"add `{right}` to `transform`")


def _size(program: Program, weights: zoo.Weights, span: Span | None) -> Iterator[OtherSize]:
    sizes = next((item.shape.spatial for item in program.graph.inputs if item.shape.rank == 3), ())
    if sizes and 2 * min(sizes) < weights.crop:
        shown = "x".join(map(str, sizes))
        message = f"the images have {shown} pixels, but the weights were trained with {weights.crop}x{weights.crop}"
        yield OtherSize(span, message, help=f"add `resize({weights.crop})` to `transform`")


def _step(spans: Spans, index: int, count: int) -> Span | None:
    return spans.get(f"data.transform[{index}]" if count > 1 else "data.transform")
