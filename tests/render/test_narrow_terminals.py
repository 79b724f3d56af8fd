"""On a narrow terminal texts are folded, and no number is cut off."""

from __future__ import annotations

import pytest
from rich.console import Console

from netspec.program.plan import make_plan
from netspec.render.plan import render_plan
from netspec.render.words import count
from tests.specs import check

PROGRAM = check(
    "data { source = synthetic(image=[3, 224, 224], classes=10) }\nmodel { body: zoo.resnet50(classes=10) }"
).require()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_numbers_of_a_plan_are_whole(width: int) -> None:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(render_plan(PROGRAM))
    found = captured.get()
    for row in make_plan(PROGRAM).rows:
        assert f" {count(row.parameters)} " in found or not row.parameters, row
        assert f" {count(row.flops)} " in found or not row.flops, row
