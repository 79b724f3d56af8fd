"""Every argument of the torch classes that entries stand for is a field with torch's default, or has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import Parameter, isclass, isfunction, signature
from typing import Any, get_overloads

import pytest

from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.layers import Layer
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.schedules import Schedule
from netspec.program.written import written

ANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def torch_class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


KINDS = (Layer, Optimizer, Schedule)
ENTRIES = [entry for kind in KINDS for entry in entries(kind)]
CLASSES = [(entry, found) for entry in ENTRIES for name in entry.torch_names if isclass(found := torch_class(name))]
IDS = [f"{entry.name()}-{found.__name__}" for entry, found in CLASSES]


def arguments(found: type) -> Iterator[Parameter]:
    """The public arguments of a class; torch writes those of its recurrent layers as an overload."""
    overloads = get_overloads(found.__init__) if isfunction(found.__init__) else ()
    constructor = (*overloads, found)[0]
    for argument in signature(constructor).parameters.values():
        if argument.kind not in ANY and argument.name != "self" and not argument.name.startswith("_"):
            yield argument


def inferred(entry: type[Entry]) -> str | None:
    return entry.inferred if issubclass(entry, Layer) else None


def differs(entry: type[Entry], argument: Parameter) -> bool:
    """Whether it isn't a field, or is one with another default."""
    field = entry.model_fields.get(argument.name)
    if field is None:
        return argument.name != inferred(entry)
    required = argument.default is Parameter.empty
    if field.is_required() or required:
        return field.is_required() != required
    default = getattr(argument.default, "__name__", argument.default)
    return field.default != default and written(field.default) != default


@pytest.mark.parametrize(("entry", "found"), CLASSES, ids=IDS)
def test_what_differs_from_torch_has_a_reason(entry: type[Entry], found: type) -> None:
    unlike = {argument.name for argument in arguments(found) if differs(entry, argument)}
    assert unlike <= set(entry.differences())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name())
def test_what_has_a_reason_differs_from_torch(entry: type[Entry]) -> None:
    found = [found for other, found in CLASSES if other is entry]
    unlike = {argument.name for each in found for argument in arguments(each) if differs(entry, argument)}
    shared = {name for kind in KINDS if issubclass(entry, kind) for name in kind.differences()}
    assert set(entry.differences()) - shared <= unlike


@pytest.mark.parametrize(("entry", "found"), CLASSES, ids=IDS)
def test_what_is_inferred_is_an_argument_of_torch_s(entry: type[Entry], found: type) -> None:
    assert inferred(entry) is None or inferred(entry) in {argument.name for argument in arguments(found)}
