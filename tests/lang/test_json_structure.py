"""The published JSON Schema has the last word on the JSON form: what it refuses isn't good for netspec either."""

from __future__ import annotations

from netspec.lang.json.structure import check_structure
from netspec.problems import Problems
from netspec.source import Source


def refused(text: str) -> list[tuple[str, str]]:
    problems = Problems()
    check_structure(Source("spec.net.json", text), problems)
    return [(str(found.span), found.message) for found in problems.diagnose()]


GOOD = """{
  "data": {"source": {"op": "mnist_sample"}},
  "model": [{"op": "flatten"}, {"op": "linear", "out_features": 10}]
}"""


def test_a_good_spec_is_good() -> None:
    assert refused(GOOD) == []


def test_one_mistake_gives_one_error_at_its_place() -> None:
    assert refused(GOOD.replace("10}", '10, "bais": false}')) == [
        (
            "spec.net.json:3:32",
            "against the JSON Schema: Additional properties are not allowed ('bais' was unexpected)",
        )
    ]


def test_the_operation_decides_which_arguments_are_expected() -> None:
    ((place, message),) = refused(GOOD.replace('"linear"', '"conv"'))
    assert (place, "'out_channels' is a required property" in message) == ("spec.net.json:3:32", True)
