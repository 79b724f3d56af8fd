"""A program's network is the one that a person would write by hand."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from netspec.builder import build
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.add import Add
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.dropout import Dropout
from netspec.catalogue.layers.flatten import Flatten
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.relu import ReLU
from netspec.program.graph import Graph
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain, wired

SPAN = Source("test.net", "").whole()
INPUTS = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))

MNIST_LIKE = (
    ("0", Flatten()),
    ("fc1", Linear(out_features=16)),
    ("2", BatchNorm()),
    ("3", ReLU()),
    ("4", Dropout()),
    ("fc2", Linear(out_features=5)),
)


def test_it_computes_what_a_sequential_by_hand_computes_with_its_weights(make_program):
    by_hand = nn.Sequential(
        nn.Flatten(), nn.Linear(192, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 5)
    )
    network = build(make_program(graph=layers(*MNIST_LIKE)))
    by_hand.load_state_dict(dict(zip(by_hand.state_dict(), network.state_dict().values(), strict=True)))
    for mode in (True, False):
        torch.manual_seed(0)
        expected = by_hand.train(mode)(INPUTS)
        torch.manual_seed(0)
        assert torch.equal(network.train(mode)(INPUTS), expected)


def test_it_starts_with_the_weights_that_torch_gives_the_modules_by_hand(make_program):
    program = make_program(graph=layers(*MNIST_LIKE))
    network = build(program)
    from netspec.program.randomness import seed_for

    torch.manual_seed(seed_for(program.train.seed, "weights"))
    by_hand = nn.Sequential(nn.Flatten(), nn.Linear(192, 16), nn.BatchNorm1d(16), nn.Linear(16, 5))
    for built, written in zip(network.parameters(), by_hand.parameters(), strict=True):
        assert torch.equal(built, written)


def test_the_keys_of_the_state_dict_are_the_paths_and_the_names_of_torch(make_program):
    graph = layers(*MNIST_LIKE)
    expected = [name for node in graph.nodes for name in (*node.parameters, *node.buffers)]
    assert list(build(make_program(graph=graph)).state_dict()) == expected


def test_a_path_with_dots_makes_scopes(make_program):
    graph = layers(
        ("stem", Conv(out_channels=4, kernel_size=3)),
        ("layer1.0.conv1", Conv(out_channels=4, kernel_size=3)),
        ("layer1.0.bn1", BatchNorm()),
        ("layer1.1.conv1", Conv(out_channels=4, kernel_size=3)),
        ("flatten", Flatten()),
    )
    network = build(make_program(graph=graph))
    assert [name for name in network.state_dict() if name.endswith("weight")] == [
        "stem.weight",
        "layer1.0.conv1.weight",
        "layer1.0.bn1.weight",
        "layer1.1.conv1.weight",
    ]
    assert isinstance(network.get_submodule("layer1.0.conv1"), nn.Conv2d)
    assert network(INPUTS).shape == (4, 4 * 2 * 2)


@pytest.mark.parametrize("name", ["forward", "train", "type", "training", "parameters", "state_dict", "_modules"])
def test_a_label_may_be_a_name_that_torch_has_for_itself(make_program, name: str):
    network = build(make_program(graph=layers(("0", Flatten()), (name, Linear(out_features=2)))))
    assert list(network.state_dict()) == [f"{name}.weight", f"{name}.bias"]
    assert network.train().eval()(INPUTS).shape == (4, 2)


def test_the_same_seed_gives_the_same_weights_and_another_one_others(make_program):
    first, again, other = (build(make_program(seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(next(first.parameters()), next(again.parameters()))
    assert not torch.equal(next(first.parameters()), next(other.parameters()))


def test_building_leaves_the_chance_of_the_process_alone(make_program):
    before = torch.random.get_rng_state()
    build(make_program())
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_value_may_be_taken_by_any_operation_after_it(make_program):
    wide = Linear(out_features=8)
    graph = wired(Shape.of(8), [("a", wide, (0,)), ("b", wide, (0,)), ("c", wide, (1,))], SPAN)
    network = build(make_program(graph=graph))
    x = torch.randn(2, 8)
    a, c = network.get_submodule("a"), network.get_submodule("c")
    assert torch.equal(network(x), c(a(x)))
    assert torch.equal(copy.deepcopy(network)(x), network(x))


def test_an_operation_may_take_several_values(make_program):
    graph = wired(Shape.of(8), [("fc", Linear(out_features=8), (0,)), ("+", Add(), (1, 0))], SPAN)
    network = build(make_program(graph=graph))
    x = torch.randn(2, 8)
    assert torch.equal(network(x), network.get_submodule("fc")(x) + x)


def test_a_scope_that_is_entered_again_keeps_the_order_of_the_operations(make_program):
    graph = layers(
        ("0", Flatten()), ("a.fc1", Linear(out_features=6)), ("b", ReLU()), ("a.fc2", Linear(out_features=2))
    )
    network = build(make_program(graph=graph))
    fc1, fc2 = network.get_submodule("a.fc1"), network.get_submodule("a.fc2")
    assert torch.equal(network(INPUTS), fc2(fc1(INPUTS.flatten(1)).relu()))


def test_it_prints_as_a_module_by_hand_does(make_program):
    graph = layers(("0", Flatten()), ("fc", Linear(out_features=2)))
    assert str(build(make_program(graph=graph))) == (
        "Network(\n"
        "  (0): Flatten(start_dim=1, end_dim=-1)\n"
        "  (fc): Linear(in_features=192, out_features=2, bias=True)\n"
        ")"
    )


def layers(*items: tuple[str, Layer]) -> Graph:
    return chain(Shape.of(3, 8, 8), items, SPAN)
