"""The section `export`: what the network, the loss and the transforms have to be for the files that it asks for."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.catalogue.export_formats import export_formats
from netspec.checker.context import Context, Pass
from netspec.diagnostics import Label
from netspec.problems.values import Conflict
from netspec.program.exporting import Obstacle, inside_obstacles, layer_obstacles, size_obstacles
from netspec.source import Span


def _report(context: Context, obstacles: Iterable[Obstacle]) -> None:
    for obstacle in obstacles:
        other = context.spans.get(obstacle.at) if isinstance(obstacle.at, str) else obstacle.at
        labels = (Label(other, obstacle.mark),) if other is not None else ()
        context.problems.add(
            Conflict(_place(context, obstacle.key), obstacle.reason, labels=labels, help=obstacle.help)
        )


def _place(context: Context, key: str) -> Span | None:
    """Where a setting of the section is written, of a list the item, else the section."""
    paths = (f"export.{key}", f"export.{key.partition('[')[0]}")
    found = next((context.spans[path] for path in paths if path in context.spans), None)
    return found or context.declared.sections["export"][-1].head.span


def _check_files(context: Context) -> None:
    """Something is exported; a key that couldn't be read may be the file."""
    assert context.export is not None, "the pass needs it"
    bodies = [part.body.span for part in context.declared.sections["export"]]
    mistaken = any(body.contains(problem.span) for problem in context.problems for body in bodies if problem.span)
    if not context.export.files and not mistaken:
        message = f"`export` names no file; its formats are {', '.join(f'`{name}`' for name in export_formats())}"
        context.problems.add(Conflict(_place(context, ""), message, help='onnx = "network.onnx"'))


def _check_inside(context: Context) -> None:
    assert context.export is not None, "the pass needs it"
    _report(context, inside_obstacles(context.export, context.loss, context.type, context.data.transform))


def _check_layers(context: Context) -> None:
    assert context.export is not None, "the pass needs it"
    _report(context, layer_obstacles(context.export, context.graph))


def _check_sizes(context: Context) -> None:
    assert context.export is not None, "the pass needs it"
    _report(context, size_obstacles(context.export, context.graph, context.type, context.data.transform))


CHECKS = (
    Pass("files", _check_files, needs=("export",)),
    Pass(
        "inside",
        _check_inside,
        needs=("export", "loss", "described", "export.inside", "data.transform", "train.loss"),
    ),
)
PROGRAM_CHECKS = (
    Pass("layers", _check_layers, needs=("export", "program")),
    Pass("sizes", _check_sizes, needs=("export", "program", "export.size", "export.inside", "data.transform")),
)
