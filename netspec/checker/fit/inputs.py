"""Inputs of the network: the shapes of the data's fields behind the transforms and the augmentations."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.sections.data import Data
from netspec.catalogue.targets import Target
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataField, DataType
from netspec.checker.network.mismatch import data_mismatch
from netspec.checker.network.model import Incoming
from netspec.problems import Problems
from netspec.problems.values import Conflict
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

Spans = dict[str, Span]
"""Where each value was written, by its path."""


def infer_inputs(data: Data, type: DataType, spans: Spans, problems: Problems) -> Incoming | None:
    """What the network gets, by the names of the data's fields."""
    shapes = {field.name: _infer_input(field, data, type, spans, problems) for field in type.fields}
    known = {name: shape for name, shape in shapes.items() if shape is not None}
    return Incoming(known, spans.get("data.source")) if len(known) == len(shapes) else None


def _infer_input(field: DataField, data: Data, type: DataType, spans: Spans, problems: Problems) -> Shape | None:
    """The shape of an input: what `transform` makes of the data's, and of what `augment` makes of them too."""
    augmented = _through("augment", field, field.shape, data, type, spans, problems)
    if augmented is None:
        return None
    shape = _through("transform", field, field.shape, data, type, spans, problems)
    if shape is None or augmented == field.shape:
        return shape
    trained = _through("transform", field, augmented, data, type, spans, problems)
    if trained is not None and trained != shape:
        problems.add(
            Conflict(
                spans.get("data.augment"),
                f"`augment` makes {augmented} of {field.shape}, and validation and test are not augmented",
                help=f"with `transform = resize([{', '.join(map(str, augmented.spatial))}])` all have one size",
            )
        )
    return shape if trained == shape else None


def _through(
    key: str, field: DataField, shape: Shape, data: Data, type: DataType, spans: Spans, problems: Problems
) -> Shape | None:
    """The shape behind all steps of a key that change a field."""
    steps: Sequence[Transform | Augmentation] = getattr(data, key)
    came_from = spans.get("data.source")
    for index, step in enumerate(steps):
        if field not in type.fields_for(step.field):
            continue
        path = f"data.{key}[{index}]" if len(steps) > 1 else f"data.{key}"
        span = spans.get(path) or spans[f"data.{key}"]
        try:
            shape = _step(step, shape, type.target)
        except MisfitError as error:
            arguments = {name: spans[f"{path}.{name}"] for name in step.model_fields_set if f"{path}.{name}" in spans}
            problems.add(data_mismatch(error, shape, span, arguments, came_from))
            return None
        came_from = span
    return shape


def _step(step: Transform | Augmentation, shape: Shape, target: Target) -> Shape:
    if isinstance(step, Augmentation):
        step.fits(target)
    if shape.dtype != "float32":
        raise MisfitError(f"`{step.name()}` changes numbers, and {shape} are those of words")
    return step.infer(shape)
