"""Selectors mean what the module says, whatever is written, and in no time."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.catalogue.layers.attention import Attention
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.parameter import Parameter
from netspec.catalogue.layers.relu import ReLU
from netspec.program.graph import Graph, Input, Node, Output
from netspec.program.selectors import Tensor, assign, learned, select, state_tensors
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain

SPAN = Source("test.net", "").whole()
GRAPH = chain(
    Shape.of(8),
    [
        ("stem", Linear(out_features=8)),
        ("layer1.0.fc", Linear(out_features=8)),
        ("layer1.0.bn", BatchNorm()),
        ("layer1.1.fc", Linear(out_features=8, bias=False)),
        ("layer10.fc", Linear(out_features=8)),
        ("act", ReLU()),
        ("head", Linear(out_features=2)),
    ],
    SPAN,
)
LEARNED = (
    "stem.weight",
    "stem.bias",
    "layer1.0.fc.weight",
    "layer1.0.fc.bias",
    "layer1.0.bn.weight",
    "layer1.0.bn.bias",
    "layer1.1.fc.weight",
    "layer10.fc.weight",
    "layer10.fc.bias",
    "head.weight",
    "head.bias",
)


def selected(patterns: str | list[str], graph: Graph = GRAPH) -> set[str]:
    return set(select(learned(graph), patterns).names)


def test_the_tensors_are_those_of_the_state_dict() -> None:
    assert tuple(tensor.name for tensor in learned(GRAPH)) == LEARNED
    buffers = {tensor.name for tensor in state_tensors(GRAPH)} - set(LEARNED)
    assert buffers == {f"layer1.0.bn.{name}" for name in ("running_mean", "running_var", "num_batches_tracked")}


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("stem", {"stem.weight", "stem.bias"}),
        ("stem.*", {"stem.weight", "stem.bias"}),
        ("stem.bias", {"stem.bias"}),
        ("*", set(LEARNED)),
        # a scope's name stands for all in it, and a star crosses the dots
        ("layer1", {name for name in LEARNED if name.startswith("layer1.")}),
        ("layer1.*", {name for name in LEARNED if name.startswith("layer1.")}),
        ("layer1.?.fc", {name for name in LEARNED if re.match(r"layer1\.\d\.fc", name)}),
        ("layer*.fc", {name for name in LEARNED if ".fc." in name}),
        ("layer1.[1-9]", {"layer1.1.fc.weight"}),
        ("*.bias", {name for name in LEARNED if name.endswith(".bias")}),
        # the word behind a colon is an operation or a tensor's own name
        ("*:bias", {name for name in LEARNED if name.endswith(".bias")}),
        (":bias", {name for name in LEARNED if name.endswith(".bias")}),
        (":batch_norm", {"layer1.0.bn.weight", "layer1.0.bn.bias"}),
        ("layer1:linear", {name for name in LEARNED if re.match(r"layer1\.\d\.fc", name)}),
        ("layer1:linear:weight", {"layer1.0.fc.weight", "layer1.1.fc.weight"}),
        (":*norm:weight", {"layer1.0.bn.weight"}),
        # patterns add and take away, in their order
        (["stem", "head.bias"], {"stem.weight", "stem.bias", "head.bias"}),
        (["layer1", "!layer1.0"], {"layer1.1.fc.weight"}),
        (["layer1", "!layer1.0", "layer1.0.bn.bias"], {"layer1.1.fc.weight", "layer1.0.bn.bias"}),
        (["*", "!:bias", "!:batch_norm"], {name for name in LEARNED if ".bn." not in name and "bias" not in name}),
        # and what fits nothing selects nothing
        ("Stem", set()),
        ("act", set()),
        ("layer", set()),
        ("", set()),
        ("!stem", set()),
        (":", set()),
        ([], set()),
    ],
)
def test_a_pattern_selects(patterns: str | list[str], expected: set[str]) -> None:
    assert selected(patterns) == expected


def test_the_order_is_that_of_the_network() -> None:
    assert select(learned(GRAPH), ["head", "stem.bias"]).names == ("stem.bias", "head.weight", "head.bias")


def test_a_word_fits_the_last_part_of_a_name_within_a_layer() -> None:
    graph = chain(Shape.of(5, 8), [("attention", Attention(num_heads=2))], SPAN)
    assert selected("*:bias", graph) == {"attention.out_proj.bias"}
    assert selected("*:*bias", graph) == {"attention.in_proj_bias", "attention.out_proj.bias"}


def test_a_learned_tensor_by_itself_is_selected_by_its_label_and_by_its_operation() -> None:
    scale = Parameter(shape=(1, 8))
    node = Node("scale", scale, (), (1,), (), scale.outputs(), SPAN)
    graph = Graph((Input("input", Shape.of(8)),), (node,), (Output("output", 1),))
    assert selected("scale", graph) == selected(":parameter", graph) == {"scale"}


def test_layers_that_share_weights_have_them_once() -> None:
    fc = Linear(out_features=8)
    graph = chain(Shape.of(8), [("fc", fc), ("fc", fc)], SPAN)
    assert select(learned(graph), "fc").names == ("fc.weight", "fc.bias")


@pytest.mark.parametrize(
    ("patterns", "place", "reason", "nearest"),
    [
        ("haed", 0, "selects nothing", "head"),
        (["stem", "layr1.*"], 1, "selects nothing", "layer1.*"),
        (["stem", "!stem.bais"], 1, "selects nothing", "!stem.bias"),
        (["stem", "!head"], 1, "takes away nothing of what the patterns before it select", None),
        ("!head", 0, "takes away nothing of what the patterns before it select", None),
        (":batchnorm", 0, "selects nothing", ":batch_norm"),
        ("layer1:batchnorm:wieght", 0, "selects nothing", "layer1:batch_norm:weight"),
        # both parts fit something, and nothing has both
        ("stem:batch_norm", 0, "selects nothing", None),
        ("something_else", 0, "selects nothing", None),
        ("", 0, "selects nothing", None),
        ("!", 0, "selects nothing", None),
    ],
)
def test_a_pattern_without_effect_is_named(
    patterns: str | list[str], place: int, reason: str, nearest: str | None
) -> None:
    (idle,) = select(learned(GRAPH), patterns).idle
    assert (idle.index, idle.reason, idle.nearest) == (place, reason, nearest)


def test_each_tensor_goes_to_the_first_that_selects_it() -> None:
    biases, head, rest = assign(learned(GRAPH), ["*:bias", ["head", "stem"]])
    assert biases == tuple(name for name in LEARNED if name.endswith("bias"))
    assert head == ("stem.weight", "head.weight")
    assert sorted((*biases, *head, *rest)) == sorted(LEARNED)


NAMES = st.text("ab.*?[]!:-\\\n", max_size=12)
TENSORS = st.lists(st.text("ab.", min_size=1, max_size=8), max_size=6, unique=True).map(
    lambda names: [Tensor(name, name.rpartition(".")[2], "a", (1,)) for name in names]
)


@given(TENSORS, st.lists(NAMES, max_size=4))
def test_anything_is_a_selector(tensors: list[Tensor], patterns: list[str]) -> None:
    names = [tensor.name for tensor in tensors]
    found = select(tensors, patterns)
    assert list(found.names) == [name for name in names if name in found.names]
    assert {idle.index for idle in found.idle} <= set(range(len(patterns)))
    assert sorted(name for part in assign(tensors, [patterns]) for name in part) == sorted(names)


@given(TENSORS, st.text("ab.*?", min_size=1, max_size=10))
def test_a_glob_fits_as_a_shell_has_it(tensors: list[Tensor], glob: str) -> None:
    def fits(name: str) -> bool:
        parts = name.split(".")
        return any(fnmatchcase(".".join(parts[: count + 1]), glob) for count in range(len(parts)))

    assert select(tensors, glob).names == tuple(tensor.name for tensor in tensors if fits(tensor.name))


@pytest.mark.parametrize(
    "pattern", ["*a" * 500 + "b", "*" * 20_000 + "b", "[a-z]*" * 300 + "!", "?" * 20_000, "*:a*" * 500]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    tensors = [Tensor("a" * 250 + f".{number}", f"{number}", "linear", (1,)) for number in range(50)]
    began = process_time()
    select(tensors, pattern)
    assert process_time() - began < 2
