"""The type of a data set comes back from JSON as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from netspec.catalogue.fields.image import Image
from netspec.catalogue.fields.table import Table
from netspec.catalogue.fields.tokens import Tokens
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.types import DataField, DataType
from netspec.formats.columns import Column

TYPES = [
    DataType((DataField(Image(sizes=(3, 32, 32)), "image"),), Classes(names=("cat", "dög", "")), train=50, test=10),
    DataType((DataField(Tokens(sizes=64, vocabulary=1000), "tokens"),), Number(), train=1),
    DataType(
        (
            DataField(Table.of((Column("age"), Column("port", ("C", "S"))))),
            DataField(Image(sizes=(1, 8, 8)), "picture"),
        ),
        Number(),
        train=7,
        test=2,
        validation=3,
    ),
]


@pytest.mark.parametrize("type", TYPES, ids=str)
def test_a_type_comes_back(type: DataType) -> None:
    assert DataType.from_json(json.loads(json.dumps(type.to_json()))) == type


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fields", []),
        ("fields", None),
        ("fields", [{}]),
        ("target", None),
        ("target", {"op": "sound"}),
        ("target", {"op": ["classes"]}),
        ("target", {"op": "classes", "names": "cat"}),
        ("target", {"op": "classes", "names": [1]}),
        ("target", {"op": "classes", "names": ["\ud800"]}),
        ("target", {"op": "classes", "names": [], "more": 1}),
        ("samples", [1, 2]),
        ("samples", [1, 2, -3]),
        ("samples", [1, 2, True]),
    ],
)
def test_what_is_no_type_is_refused(key: str, value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        DataType.from_json({**TYPES[0].to_json(), key: value})


@pytest.mark.parametrize(
    "field",
    [
        {"op": "sound", "sizes": [3]},
        {"op": "image", "sizes": [3, 0, 32]},
        {"op": "image", "sizes": [3, 32, 2**63]},
        {"op": "image", "sizes": [3, 32]},
        {"op": "image", "sizes": [3, 32, 32], "vocabulary": 3},
        {"op": "table", "sizes": 2, "names": ["a"], "categories": [[]]},
        {"op": "tokens", "sizes": [4], "vocabulary": "many"},
        {"op": "../image", "sizes": [3, 32, 32]},
    ],
)
def test_an_input_that_is_none_is_refused(field: dict[str, Any]) -> None:
    data = TYPES[0].to_json()
    data["fields"][0]["type"] = field
    with pytest.raises((ValueError, TypeError, KeyError)):
        DataType.from_json(data)
