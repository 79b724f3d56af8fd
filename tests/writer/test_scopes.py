"""Networks are the same if their outputs are computed in the same way with weights of the same names."""

from __future__ import annotations

import pytest

from netspec.program.graph import Graph
from netspec.writer.errors import CannotTranslate
from netspec.writer.scopes import ensure_same
from tests.specs import check

DATA = "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"
NETWORK = "conv(4, 3)\nx, y = chunk(2)\nact: relu\nconcat(x, y) -> flatten -> head: linear(5)"


def graph_of(model: str) -> Graph:
    return check(f"{DATA}model {{\n{model}\n}}\n").require().graph


@pytest.mark.parametrize(
    "model",
    [
        NETWORK,
        NETWORK.replace("act: relu\n", ""),
        NETWORK.replace("-> flatten", "-> named: flatten"),
    ],
    ids=["itself", "without what nothing takes", "another name of a layer without weights"],
)
def test_these_are_the_same(model: str) -> None:
    ensure_same(graph_of(NETWORK), graph_of(model))


@pytest.mark.parametrize(
    "model",
    [
        NETWORK.replace("(x, y)", "(y, x)"),
        NETWORK.replace("conv(4, 3)", "conv(4, 3, bias=false)"),
        NETWORK.replace("head", "fc"),
        NETWORK.replace("flatten ->", "flatten -> relu ->"),
    ],
    ids=["another order", "another argument", "another name of weights", "one more layer"],
)
def test_these_are_not(model: str) -> None:
    with pytest.raises(CannotTranslate, match="its text has another meaning"):
        ensure_same(graph_of(NETWORK), graph_of(model))


def test_a_name_that_a_loss_uses_has_to_be_there() -> None:
    one = NETWORK.replace("-> flatten", "-> named: flatten")
    ensure_same(graph_of(one), graph_of(one), {"named"})
    with pytest.raises(CannotTranslate):
        ensure_same(graph_of(one), graph_of(NETWORK), {"named"})
