"""What the data of a run was comes back from JSON as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from netspec.catalogue.types import Classes, DataField, DataType, Number
from netspec.formats.columns import Column
from netspec.runner.store.saved_type import type_as_data, type_of
from netspec.shapes import Shape

TYPES = [
    DataType((DataField("image", Shape.of(3, 32, 32), "image"),), Classes(("cat", "dög", "")), train=50, test=10),
    DataType((DataField("tokens", Shape((64,), "int64"), "tokens", vocabulary=1000),), Number(), train=1),
    DataType(
        (
            DataField("table", Shape.of(3), columns=(Column("age"), Column("port", ("C", "S")))),
            DataField("image", Shape.of(1, 8, 8), "picture"),
        ),
        Number(),
        train=7,
        test=2,
        validation=3,
    ),
]


@pytest.mark.parametrize("type", TYPES, ids=str)
def test_a_type_comes_back(type: DataType) -> None:
    assert type_of(json.loads(json.dumps(type_as_data(type)))) == type


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fields", []),
        ("fields", None),
        ("fields", [{}]),
        ("classes", "cat"),
        ("classes", [1]),
        ("classes", ["\ud800"]),
        ("samples", [1, 2]),
        ("samples", [1, 2, -3]),
        ("samples", [1, 2, True]),
    ],
)
def test_what_is_no_type_is_refused(key: str, value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        type_of({**type_as_data(TYPES[0]), key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [("form", "sound"), ("dtype", "float16"), ("sizes", [3, 0, 32]), ("sizes", [3, 2**63]), ("columns", [{"name": 1}])],
)
def test_an_input_that_is_none_is_refused(key: str, value: Any) -> None:
    data = type_as_data(TYPES[0])
    data["fields"][0][key] = value
    with pytest.raises((ValueError, TypeError, KeyError)):
        type_of(data)
