"""Every argument of the torch classes that a layer stands for is a field with torch's default, or there is a reason."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import Parameter, isclass, isfunction, signature
from typing import Any, get_overloads

import pytest

from netspec.catalogue.entry import entries
from netspec.catalogue.layers import Layer
from netspec.program.written import written

ANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def torch_class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


CLASSES = [
    (layer, found) for layer in entries(Layer) for name in layer.torch_names if isclass(found := torch_class(name))
]
IDS = [f"{layer.name()}-{found.__name__}" for layer, found in CLASSES]


def arguments(found: type) -> Iterator[Parameter]:
    """The public arguments of a class; torch writes those of its recurrent layers as an overload."""
    overloads = get_overloads(found.__init__) if isfunction(found.__init__) else ()
    constructor = (*overloads, found)[0]
    for argument in signature(constructor).parameters.values():
        if argument.kind not in ANY and argument.name != "self" and not argument.name.startswith("_"):
            yield argument


def differs(layer: type[Layer], argument: Parameter) -> bool:
    """Whether it isn't a field, or is one with another default."""
    field = layer.model_fields.get(argument.name)
    if field is None:
        return argument.name != layer.inferred
    required = argument.default is Parameter.empty
    if field.is_required() or required:
        return field.is_required() != required
    default = getattr(argument.default, "__name__", argument.default)
    return field.default != default and written(field.default) != default


@pytest.mark.parametrize(("layer", "found"), CLASSES, ids=IDS)
def test_what_differs_from_torch_has_a_reason(layer: type[Layer], found: type) -> None:
    unlike = {argument.name for argument in arguments(found) if differs(layer, argument)}
    assert unlike <= set(layer.differences())


@pytest.mark.parametrize("layer", entries(Layer), ids=lambda layer: layer.name())
def test_what_has_a_reason_differs_from_torch(layer: type[Layer]) -> None:
    found = [found for other, found in CLASSES if other is layer]
    unlike = {argument.name for each in found for argument in arguments(each) if differs(layer, argument)}
    assert set(layer.differences()) - set(Layer.differences()) <= unlike


@pytest.mark.parametrize(("layer", "found"), CLASSES, ids=IDS)
def test_what_is_inferred_is_an_argument_of_torch_s(layer: type[Layer], found: type) -> None:
    assert layer.inferred is None or layer.inferred in {argument.name for argument in arguments(found)}
