"""Scores of channels, against numbers by hand and against the change of a loss."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netspec.builder.network import build_graph
from netspec.program.channels import ChannelMap
from netspec.program.graph import Graph
from netspec.pruner.pruned import pruned
from netspec.pruner.scores import scores
from tests.pruner.silence import outputs, random_state
from tests.specs import check

DATA = "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"
CNN = "a: conv(4, 3) -> n: batch_norm -> relu\nb: conv(6, 3) -> relu\nflatten -> head: linear(5)"


def graph_of(model: str = CNN) -> Graph:
    return check(f"{DATA}model {{\n{model}\n}}\n").require().graph


def by_layer(channels: ChannelMap, found: dict[int, float], name: str) -> Tensor:
    numbers = [
        found[group.number]
        for group in channels.groups
        if any(item.tensor == name and not item.read for item in group.slices)
    ]
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.parametrize(("by", "order"), [("l1", 1), ("l2", 2)])
def test_norms_are_those_of_filters_relative_to_their_layer(by: str, order: int) -> None:
    channels = ChannelMap.of(graph_of())
    state = random_state(channels.graph)
    norms = state["b.weight"].flatten(1).norm(order, dim=1)
    found = scores(channels, state, by)  # type: ignore[arg-type]
    torch.testing.assert_close(by_layer(channels, found, "b.weight"), norms / norms.mean())


def test_scales_are_those_of_batch_normalizations_alone() -> None:
    channels = ChannelMap.of(graph_of())
    state = random_state(channels.graph)
    state["n.weight"] *= -1
    found = scores(channels, state, "scale")
    assert len(found) == 4
    torch.testing.assert_close(by_layer(channels, found, "a.weight"), -state["n.weight"])


def test_gradients_weigh_the_weights_that_they_are_of() -> None:
    channels = ChannelMap.of(graph_of())
    state = random_state(channels.graph)
    network = build_graph(channels.graph, 0).double().eval()
    network.load_state_dict(state)
    network(torch.rand(2, 3, 8, 8, dtype=torch.float64)).square().sum().backward()
    gradients = {name: item.grad for name, item in network.named_parameters() if item.grad is not None}
    found = scores(channels, state, "gradient", gradients)
    expected = (state["b.weight"] * gradients["b.weight"]).abs().flatten(1).sum(1)
    torch.testing.assert_close(by_layer(channels, found, "b.weight"), expected / expected.mean())


def test_channels_that_are_zero_go_first_and_the_output_stays_the_same() -> None:
    program = check(f"{DATA}model {{\n{CNN}\n}}\n").require()
    state = random_state(program.graph)
    # relu makes zeros of a norm with a shift below 0
    for name in ("a.weight", "n.weight", "n.running_mean"):
        state[name][[0, 2]] = 0
    state["n.bias"][[0, 2]] = -1
    for name in ("b.weight", "b.bias"):
        state[name][[1, 3, 4]] = 0
    found = pruned(program, state, 0.5)
    assert {name: item.shape[0] for name, item in found.state.items() if name.endswith(".weight")} == {
        "a.weight": 2,
        "n.weight": 2,
        "b.weight": 3,
        "head.weight": 5,
    }
    for one, other in zip(outputs(program.graph, state), outputs(found.graph, found.state), strict=True):
        torch.testing.assert_close(one, other)
