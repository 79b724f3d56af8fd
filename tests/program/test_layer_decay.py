"""Which layers a network has for learning rates that are smaller the farther a layer is from the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.checker import check_file, check_source
from netspec.program.layer_decay import depths, idle_scopes
from netspec.program.program import Program
from netspec.program.training import movers
from netspec.source import Source

ZOO = Path(__file__).parents[2] / "specs" / "zoo"
BLOCKS = """\
data { source = synthetic(features=8, classes=2) }
model {
  shift: parameter([1, 8])
  first = input + shift
  first -> norm: layer_norm
  body: {
    scale: parameter([1, 8])
    input * scale
    blocks: { repeat 2 { { linear(8) -> layer_norm -> relu -> linear(8) } } }
    norm: layer_norm
  }
  fc: linear(2)
}
"""


def program(train: str = "") -> Program:
    text = f"{BLOCKS}train {{ {train} }}\n"
    return check_source(Source("spec.net", text, Path("spec.net").resolve())).require()


def test_the_layers_are_the_parts_of_the_model_with_weights() -> None:
    spec = check_file(ZOO / "resnet18.net", {}).require()
    parts = {name.partition(".")[0]: depth for name, depth in depths(spec.graph, ()).items()}
    assert parts == {"conv1": 5, "bn1": 5, "layer1": 4, "layer2": 3, "layer3": 2, "layer4": 1, "fc": 0}


def test_what_comes_before_the_first_weights_belongs_to_them() -> None:
    parts = {name.partition(".")[0]: depth for name, depth in depths(program().graph, ()).items()}
    assert parts == {"shift": 1, "norm": 1, "body": 1, "fc": 0}


@pytest.mark.parametrize("scopes", ["body.blocks", ("body.blocks",)])
def test_a_scope_may_be_divided_into_its_parts(scopes: str | tuple[str, ...]) -> None:
    found = depths(program().graph, scopes)
    assert {name for name, depth in found.items() if depth == 0} == {"fc.weight", "fc.bias"}
    last = {name for name, depth in found.items() if depth == 1}
    assert {name.rpartition(".")[0] for name in last} == {*(f"body.blocks.1.{place}" for place in "013"), "body.norm"}
    first = {"shift", "norm.weight", "body.scale", "body.blocks.0.0.weight", "body.blocks.0.3.bias"}
    assert {found[name] for name in first} == {2}
    assert max(found.values()) == 2


def test_a_scope_in_which_nothing_is_learned_has_no_effect() -> None:
    assert list(idle_scopes(program().graph, ("body", "bod", "body.blocks.0", "fc.weight"))) == ["bod", "fc.weight"]


def test_each_group_has_the_learning_rates_of_its_layers() -> None:
    spec = program(
        'optimizer = sgd(lr=0.8, layer_decay=0.5, layers_in="body.blocks", groups=['
        'group("fc", lr=0.1), group("body.blocks.0", optimizer=adam(lr=0.4, layer_decay=0.25)),'
        ' group("*:bias", lr=0.2)])'
    )
    mine, other = movers(spec.train, spec.graph)
    rates = {name: own["lr"] for own, names in mine.groups for name in names}
    assert (rates["fc.weight"], rates["fc.bias"]) == (0.1, 0.1)
    assert (rates["body.blocks.1.0.weight"], rates["body.norm.weight"], rates["shift"]) == (0.4, 0.4, 0.2)
    assert rates["body.blocks.1.0.bias"] == 0.1
    assert {own["lr"] for own, _ in other.groups} == {0.1}
    everything = [name for mover in (mine, other) for _, names in mover.groups for name in names]
    assert sorted(everything) == sorted(depths(spec.graph, ()))
