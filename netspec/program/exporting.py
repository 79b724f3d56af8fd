"""What of a network can't be exported as asked, with the reason, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from netspec.catalogue.export_formats import ExportFormat
from netspec.catalogue.sections.compress import Compress
from netspec.catalogue.sections.export import TRANSFORM, Export
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataType
from netspec.catalogue.values import Bounds
from netspec.immutable import immutable
from netspec.problems.base import NetspecError
from netspec.problems.running import ExtraMissing
from netspec.program.graph import Graph, Node
from netspec.program.objective import Objective
from netspec.program.program import Program
from netspec.program.written import written
from netspec.shapes import MisfitError
from netspec.source import Span

FOLDER = "export"
"""Where a run has the files that its network is exported to, in its folder."""
TRIED = 200
"""About how many heights and how many widths of images are tried."""


def samples_beside(path: Path) -> Path:
    """The file of samples that belongs to an exported file."""
    return path.with_name(f"{path.name}.samples.safetensors")


def ensure_exporters(export: Export | None) -> None:
    """Refuse formats whose packages aren't there; none is imported for it. Raises NetspecError."""
    for entry in export.formats.values() if export is not None else ():
        ensure_format(entry)


def ensure_format(entry: type[ExportFormat]) -> None:
    """The same for one format."""
    if entry.extra is not None and any(find_spec(package) is None for package in entry.packages):
        raise NetspecError.of(ExtraMissing(None, entry.extra))


def ensure_stages(compress: Compress | None) -> None:
    """Refuse stages whose files have a format whose packages aren't there. Raises NetspecError."""
    for stage in compress.stages if compress is not None else ():
        if stage.writes is not None:
            ensure_format(stage.writes)


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
    yield from size_obstacles(export, program.graph, program.type, program.data.transform)


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


def size_obstacles(
    export: Export, graph: Graph, type: DataType, transforms: tuple[Transform, ...]
) -> Iterator[Obstacle]:
    """Why a network can't take images of all the sizes that are asked for; the first reason."""
    if export.sizes is None:
        return
    if not all(field.type.pictured for field in type.fields):
        yield Obstacle("size", f"`size` is for images, but the data is {type}", "leave out `size`")
        return
    moving = next((index for index, one in enumerate(transforms) if one.moves_pixels), None)
    if export.transforms and moving is not None:
        reason = f"`{transforms[moving].name()}` is inside of the file, and takes images of one size"
        place = f"data.transform[{moving}]" if len(transforms) > 1 else "data.transform"
        yield Obstacle("size", reason, f"leave out `size`, or `{TRANSFORM}` in `inside`", place, "this transform")
        return
    own = graph.inputs[0].shape.spatial
    outside = [size for size, bounds in zip(own, export.sizes, strict=True) if not bounds.low <= size <= bounds.high]
    if outside:
        text = f"[{own[0]}, {own[1]}]"
        reason = f"the images of the data are {text}, which `size` doesn't have, so that no file could be compared"
        yield Obstacle("size", reason, f"a range with {outside[0]} in it")
        return
    for sizes in _sizes_to_try(export.sizes, own):
        misfit = _misfit(graph, sizes)
        if misfit is not None:
            reason = f"the network doesn't take images of [{sizes[0]}, {sizes[1]}]: {misfit.reason}"
            help = "`global_avg_pool` before `flatten` makes a network take any size" if misfit.has_weights else None
            yield Obstacle("size", reason, help, misfit.node.span, "here")
            return


def _sizes_to_try(bounds: tuple[Bounds, Bounds], own: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Heights and widths: the corners, and then each of both with what the data has of the other."""
    heights, widths = bounds
    yield from ((height, width) for height in (heights.low, heights.high) for width in (widths.low, widths.high))
    yield from ((height, own[1]) for height in _spread(heights))
    yield from ((own[0], width) for width in _spread(widths))


def _spread(bounds: Bounds) -> range:
    """The numbers of a range, all if they are few, else as many as are tried, in steps that are odd and so meet every
    remainder."""
    return range(bounds.low, bounds.high + 1, (bounds.high - bounds.low) // TRIED | 1)


@immutable
class _Misfit:
    """An operation that doesn't fit another size of images; `has_weights` if they would be others."""

    node: Node
    reason: str
    has_weights: bool = False


def _misfit(graph: Graph, sizes: tuple[int, int]) -> _Misfit | None:
    """The first operation that doesn't fit images of that height and width, or needs other weights for them; an output
    of another shape is that of the last operation."""
    shapes = [item.shape.with_dims(item.shape.channels, *sizes) for item in graph.inputs]
    for node in graph.nodes:
        taken = tuple(shapes[value] for value in node.inputs)
        try:
            found = node.layer.outputs(*taken)
            same = node.layer.parameters(*taken) == node.layer.parameters(*node.input_shapes)
        except MisfitError as error:
            return _Misfit(node, error.reason)
        if not same:
            return _Misfit(node, f"`{node.layer.name()}` would have other weights", has_weights=True)
        shapes += found
    for output in graph.outputs:
        if shapes[output.value] != graph.shapes[output.value]:
            reason = f"the output would be {shapes[output.value]}, not {graph.shapes[output.value]}"
            return _Misfit(graph.producers[output.value], reason)
    return None


def inside_obstacles(
    export: Export, loss: Objective, type: DataType, transforms: tuple[Transform, ...]
) -> Iterator[Obstacle]:
    """What can't be inside of a file: an activation that isn't that of the loss, transforms that are no arithmetic."""
    for index, name in enumerate(export.inside):
        key, before = f"inside[{index}]", export.inside[:index]
        if name in before:
            yield Obstacle(key, f"`{name}` is named twice", "name it once")
        elif name != TRANSFORM and {*before} - {TRANSFORM}:
            reason = f"a network has one last activation, but here are `{export.activation}` and `{name}`"
            yield Obstacle(key, reason, "name the one of the loss")
        elif name == TRANSFORM:
            yield from _transform_obstacles(key, transforms)
        else:
            yield from _activation_obstacles(key, name, loss, type)


def _transform_obstacles(key: str, transforms: tuple[Transform, ...]) -> Iterator[Obstacle]:
    for index, transform in enumerate(transforms):
        if transform.not_exported is not None:
            help = f"leave out `{TRANSFORM}`: the file then takes transformed samples, and says how they are made"
            yield Obstacle(
                key,
                f"`{transform.name()}` can't be inside of a file: {transform.not_exported}",
                help,
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
