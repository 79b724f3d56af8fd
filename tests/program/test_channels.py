"""The channels of a network: what belongs together, what is fixed, and why."""

from __future__ import annotations

import pytest

from netspec.program.channels import ChannelMap
from netspec.program.pruning import chosen, relative
from netspec.program.shrinking import shrunk
from tests.specs import check

IMAGES = "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"


def channels(model: str, keep: tuple[str, ...] = (), data: str = IMAGES) -> ChannelMap:
    return ChannelMap.of(check(f"{data}model {{\n{model}\n}}\n").require().graph, keep=keep)


def slices(found: ChannelMap, index: int = 0) -> dict[tuple[str, int], tuple[int, ...]]:
    return {(item.tensor, item.dim): item.positions for item in found.groups[index].slices}


def reasons(found: ChannelMap) -> dict[str, str]:
    return {item.path: item.reason for item in found.fixed}


def test_a_filter_goes_with_its_bias_its_norm_and_the_inputs_of_those_who_read_it() -> None:
    found = channels("conv(4, 3) -> batch_norm -> relu\nflatten -> linear(5)")
    assert len(found.groups) == 4
    assert slices(found, 1) == {
        ("0.weight", 0): (1,),
        ("0.bias", 0): (1,),
        ("1.weight", 0): (1,),
        ("1.bias", 0): (1,),
        ("1.running_mean", 0): (1,),
        ("1.running_var", 0): (1,),
        ("4.weight", 1): tuple(range(36, 72)),
    }
    assert [item.read for item in found.groups[1].slices].count(True) == 1


def test_the_channels_of_a_sum_go_together() -> None:
    found = channels(
        "conv(4, 3, padding=1)\nx = identity\ny = x -> relu -> conv(4, 1)\nx + y -> conv(2, 3)\nflatten -> linear(5)"
    )
    assert {name for name, _ in slices(found)} == {"0.weight", "0.bias", "3.weight", "3.bias", "4.weight"}
    assert len(found.groups) == 4 + 2


def test_a_value_that_is_joined_with_itself_is_read_at_both_places() -> None:
    found = channels("conv(4, 3)\nx = relu\nconcat(x, x) -> conv(2, 1)\nflatten -> linear(5)")
    assert slices(found, 1)["3.weight", 1] == (1, 5)


def test_a_depthwise_filter_goes_with_its_channel_and_its_group() -> None:
    found = channels("conv(4, 3)\nconv(8, 3, groups=4)\nflatten -> linear(5)")
    assert slices(found, 2)["1.weight", 0] == (4, 5)
    smaller = shrunk(found, [found.groups[2].number])
    assert smaller.nodes[1].layer.model_dump() | {"out_channels": 6, "groups": 3} == smaller.nodes[1].layer.model_dump()


def test_grouped_convolutions_lose_the_same_positions_of_every_group() -> None:
    found = channels("conv(4, 3)\nconv(6, 3, groups=2)\nflatten -> linear(5)")
    assert slices(found) == {("0.weight", 0): (0, 2), ("0.bias", 0): (0, 2), ("1.weight", 1): (0,)}
    assert slices(found, 2)["1.weight", 0] == (0, 3)


def test_a_layer_that_is_applied_twice_ties_what_it_takes() -> None:
    found = channels("conv(4, 3, padding=1)\nx = relu\ny = x -> a: conv(4, 1)\ny -> reuse(a)\nflatten -> linear(5)")
    assert {name for name, _ in slices(found)} >= {"0.weight", "a.weight"}
    assert (slices(found)["a.weight", 0], slices(found)["a.weight", 1]) == ((0,), (0,))


@pytest.mark.parametrize(
    ("model", "path", "reason"),
    [
        ("conv(4, 3) -> softmax\nflatten -> linear(5)", "0", "`1` (softmax) makes all of them sum to 1"),
        ("conv(4, 3) -> local_response_norm(3)\nflatten -> linear(5)", "0", "normalizes over neighbors"),
        ("conv(4, 3) -> group_norm(1)\nflatten -> linear(5)", "0", "`1` (group_norm) normalizes over all of them"),
        ("flatten -> linear(8) -> layer_norm\nlinear(5)", "1", "`2` (layer_norm) normalizes over all of them"),
        ("conv(4, 3)\nmean(dim=1) -> flatten -> linear(5)", "0", "`1` (mean) computes one number of all of them"),
        ("flatten -> linear(5)", "1", "the network's output `output` has them"),
        ("x = input\ny = x -> conv(3, 1)\nx + y\nflatten -> linear(5)", "0", "the network's input `input` has them"),
        ("flatten(start_dim=2) -> gru(4)\nflatten -> linear(5)", "1", "`gru` computes its features from one another"),
        ("flatten(start_dim=2) -> linear(4) -> attention(num_heads=2)\nflatten -> linear(5)", "1", "`attention` isn't"),
    ],
)
def test_what_cannot_be_removed_has_its_reason(model: str, path: str, reason: str) -> None:
    assert reason in reasons(channels(model))[path]


def test_keep_spares_the_filters_that_it_selects_and_not_what_they_read() -> None:
    found = channels("a: conv(4, 3) -> relu\nb: conv(6, 3)\nflatten -> linear(5)", keep=("b",))
    assert reasons(found)["b"] == "`keep` selects `b.weight`"
    assert [name for name, _ in slices(found)] == ["a.weight", "a.bias", "b.weight"]
    assert len(found.groups) == 4


def test_a_pattern_without_effect_is_told() -> None:
    found = channels("a: conv(4, 3)\nflatten -> linear(5)", keep=("c",))
    assert [item.pattern for item in found.kept.idle] == ["c"]


def test_the_lowest_scores_go_first_and_equal_ones_in_the_order_of_the_network() -> None:
    found = channels("conv(4, 3)\nconv(4, 3)\nflatten -> linear(5)")
    numbers = [group.number for group in found.groups]
    scores = dict(zip(numbers, [5.0, 1.0, 2.0, 2.0, 9.0, 9.0, 9.0, 0.5], strict=True))
    assert chosen(found, scores, 0.4) == {numbers[7], numbers[1], numbers[2]}
    assert chosen(found, scores, 0.5, per_layer=True) == {*numbers[1:3], numbers[7], numbers[4]}


@pytest.mark.parametrize("share", [0.9, 0.999])
def test_something_is_left_of_every_layer(share: float) -> None:
    found = channels("conv(4, 3)\nconv(2, 3)\nflatten -> linear(5)")
    scores = {group.number: float(index) for index, group in enumerate(found.groups)}
    smaller = shrunk(found, chosen(found, scores, share))
    assert [node.shape.channels for node in smaller.nodes][:2] == [1, 1]


def test_relative_scores_compare_layers_of_large_and_small_weights() -> None:
    found = channels("conv(2, 3)\nconv(2, 3)\nflatten -> linear(5)")
    scores = dict(zip((group.number for group in found.groups), [100.0, 300.0, 1.0, 3.0], strict=True))
    assert list(relative(found, scores).values()) == [0.5, 1.5, 0.5, 1.5]


def test_parts_of_a_split_keep_their_order_and_are_never_empty() -> None:
    found = channels("conv(6, 3)\na, b = split([1, 5])\nconcat(b, a) -> conv(2, 1)\nflatten -> linear(5)")
    scores = {group.number: float(index) for index, group in enumerate(found.groups)}
    removed = chosen(found, scores, 0.5)
    (split,) = [node.layer for node in shrunk(found, removed).nodes if node.layer.name() == "split"]
    assert split.model_dump()["split_sizes"] == (1, 1)


def test_the_hidden_features_of_a_transformer_can_be_removed_and_its_width_cannot() -> None:
    data = "data { source = synthetic(tokens=6, vocabulary=9, classes=3) }\n"
    found = channels("embedding(9, 8) -> transformer_encoder(2, 2, dim_feedforward=5)\nflatten -> linear(3)", data=data)
    assert len(found.groups) == 5
    assert slices(found, 2) == {
        (f"1.layers.{layer}.{name}", dim): (2,)
        for layer in (0, 1)
        for name, dim in (("linear1.weight", 0), ("linear1.bias", 0), ("linear2.weight", 1))
    }
    assert "attends to all of them" in reasons(found)["0"]
