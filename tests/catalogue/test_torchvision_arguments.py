"""Every argument of torchvision's transforms is a field with its default, or there is a reason why it isn't."""

from __future__ import annotations

from enum import Enum
from inspect import Parameter, isclass
from typing import Any

import pytest

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.transforms import Transform
from tests.catalogue.test_torch_arguments import arguments, torch_class

CLASSES: list[tuple[type[Entry], Any]] = [
    (entry, found)
    for kind in (Transform, Augmentation)
    for entry in entries(kind)
    for name in entry.torch_names
    if isclass(found := torch_class(name))
]
IDS = [f"{entry.name()}-{found.__name__}" for entry, found in CLASSES]


def differs(entry: type[Entry], argument: Parameter) -> bool:
    """Whether it isn't a field, or is one with another default."""
    field = entry.model_fields.get(argument.name)
    if field is None:
        return True
    required = argument.default is Parameter.empty
    if field.is_required() or required:
        return field.is_required() != required
    return field.default != (argument.default.value if isinstance(argument.default, Enum) else argument.default)


@pytest.mark.parametrize(("entry", "found"), CLASSES, ids=IDS)
def test_what_differs_from_torchvision_has_a_reason_and_nothing_else(entry: type[Entry], found: type) -> None:
    assert {argument.name for argument in arguments(found) if differs(entry, argument)} == set(entry.differences())
