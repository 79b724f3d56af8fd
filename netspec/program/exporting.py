"""What of a network can't be exported as asked, with the reason, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from netspec.catalogue.sections.export import TRANSFORM, Export
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataType
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.running import ExtraMissing
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.program import Program
from netspec.program.written import written
from netspec.source import Span

FOLDER = "export"
"""Where a run has the files that its network is exported to, in its folder."""


def samples_beside(path: Path) -> Path:
    """The file of samples that belongs to an exported file."""
    return path.with_name(f"{path.name}.samples.safetensors")


def ensure_exporters(export: Export | None) -> None:
    """Refuse formats whose packages aren't there; none is imported for it. Raises NetspecError."""
    for entry in export.formats.values() if export is not None else ():
        if entry.extra is not None and any(find_spec(package) is None for package in entry.packages):
            raise NetspecError.of(ExtraMissing(None, entry.extra))


@immutable
class Obstacle:
    """Why something can't be exported: `key` is the setting of `export` that asks for it, `at` the other culprit, what
    is written there or the path of a setting, and `mark` says in a few words what is there."""

    key: str
    reason: str
    help: str | None = None
    at: Span | str | None = None
    mark: str = ""


def obstacles(export: Export, program: Program) -> Iterator[Obstacle]:
    """All that can't be exported of a program."""
    yield from inside_obstacles(export, program.loss, program.type, program.data.transform)
    yield from layer_obstacles(export, program.graph)


def layer_obstacles(export: Export, graph: Graph) -> Iterator[Obstacle]:
    """The layers that a format lacks, the first of each kind."""
    for name, entry in export.formats.items():
        if not entry.holds_graph:
            continue
        known: set[str] = set()
        for node in graph.nodes:
            layer = node.layer.name()
            reason = node.layer.not_exported(name, *node.input_shapes)
            if reason is not None and layer not in known:
                known.add(layer)
                yield Obstacle(
                    name,
                    f"`{layer}` can't be in {entry.noun}: {reason}",
                    "use another layer, or export the weights alone: `safetensors`",
                    node.span,
                    "this layer",
                )


def inside_obstacles(
    export: Export, loss: Objective, type: DataType, transforms: tuple[Transform, ...]
) -> Iterator[Obstacle]:
    """What can't be inside of a file: an activation that isn't that of the loss, transforms that are no arithmetic."""
    for index, name in enumerate(export.inside):
        key = f"inside[{index}]"
        if name == TRANSFORM:
            yield from _transform_obstacles(key, transforms)
        else:
            yield from _activation_obstacles(key, name, loss, type)


def _transform_obstacles(key: str, transforms: tuple[Transform, ...]) -> Iterator[Obstacle]:
    for index, transform in enumerate(transforms):
        if transform.not_exported is not None:
            yield Obstacle(
                key,
                f"`{transform.name()}` can't be inside of a file: {transform.not_exported}",
                f"leave out `{TRANSFORM}`: the file then takes transformed samples, and its metadata says how they are made",
                f"data.transform[{index}]" if len(transforms) > 1 else "data.transform",
                "this transform",
            )


def _activation_obstacles(key: str, name: str, loss: Objective, type: DataType) -> Iterator[Obstacle]:
    chosen = loss.judging[0].entry
    if not type.target.labels:
        yield Obstacle(
            key,
            f"`{name}` turns outputs into probabilities of classes, but the targets are {type.target.plural}",
            f"leave out `{name}`",
        )
    elif chosen.activation is None:
        yield Obstacle(
            key,
            f"`{chosen.name()}` applies no `{name}` to the outputs, so `{name}` doesn't make probabilities of them",
            f"leave out `{name}`",
            "train.loss",
            "the loss",
        )
    elif chosen.activation != name:
        yield Obstacle(
            key,
            f"`{chosen.name()}` makes probabilities of the outputs by `{chosen.activation}`, not by `{name}`",
            f"inside = [{written(chosen.activation)}]",
            "train.loss",
            "the loss",
        )
