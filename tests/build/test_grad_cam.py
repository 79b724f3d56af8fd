"""Grad-CAM is that of torch by hand, with hooks on the last feature maps."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from netspec.builder.grad_cam import grad_cam
from netspec.builder.network import Network, build_graph
from netspec.program.graph import Graph
from netspec.program.spatial import SpatialMap, spatial_map
from tests.campaigns.zoo import unlike_new
from tests.specs import check

SIZE = 32


def graph_of(model: str, image: str = f"[3, {SIZE}, {SIZE}]", classes: int = 10, more: str = "") -> Graph:
    spec = f"data {{ source = synthetic(image={image}, classes={classes}) }}\nmodel {{ {model} }}\n{more}"
    return check(spec).require().graph


def built(graph: Graph) -> Network:
    return cast(Network, unlike_new(build_graph(graph, seed=0)).eval())


def by_hand(network: nn.Module, layer: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    """The maps [N, H, W] of a network of torch, sample by sample, for the output of a layer in it."""
    kept: dict[str, Any] = {}

    def keep(_: nn.Module, __: Any, output: Tensor) -> None:
        kept["features"] = output
        output.retain_grad()

    handle = layer.register_forward_hook(keep)
    maps: list[Tensor] = []
    for image, number in zip(images, classes.tolist(), strict=True):
        network.zero_grad()
        network(image.unsqueeze(0).requires_grad_())[0, number].backward()
        features = kept["features"]
        weights = features.grad.mean(dim=(2, 3))[0]
        total = sum(weight * map for weight, map in zip(weights, features.detach()[0], strict=True))
        assert isinstance(total, Tensor)
        found = F.interpolate(total.relu()[None, None], image.shape[1:], mode="bilinear")[0, 0]
        maps.append(found / found.max() if found.max() > 0 else found)
    handle.remove()
    return torch.stack(maps)


def images(count: int, channels: int = 3) -> Tensor:
    return torch.randn(count, channels, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


SMALL = """
  conv(6, 3, padding=1) -> batch_norm -> relu -> max_pool(2)
  conv(8, 3) -> relu -> flatten -> linear(16) -> relu -> linear(10)
"""


def test_a_small_network_has_the_maps_of_torch() -> None:
    graph = graph_of(SMALL)
    network, x, classes = built(graph), images(10), torch.arange(10)
    modules = nn.Sequential(*network.children())
    expected = by_hand(modules, modules[5], x, classes)
    found = grad_cam(network, graph, (x,), classes)
    assert found is not None and found.shape == (10, SIZE, SIZE)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    assert (expected.flatten(1).amax(1) > 0).sum() >= 5, "maps of zeros would agree with anything"


def test_a_residual_network_of_the_zoo_has_the_maps_of_torchvision() -> None:
    graph = graph_of("body: zoo.resnet18(classes=10)", "[3, 96, 96]")
    network, original = built(graph), resnet18(num_classes=10).eval()
    tensors = {name.removeprefix("body."): tensor for name, tensor in network.state_dict().items()}
    original.load_state_dict(tensors)
    x = torch.randn(4, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    classes = torch.tensor([3, 1, 4, 1])
    expected = by_hand(original, original.layer4, x, classes)
    found = grad_cam(network, graph, (x,), classes)
    assert found is not None and expected.max() > 0
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


def test_maps_are_from_0_to_1_and_change_neither_weights_nor_gradients() -> None:
    graph = graph_of(SMALL)
    network, x = built(graph), images(10)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    found = grad_cam(network, graph, (x,), torch.zeros(10, dtype=torch.int64))
    assert found is not None and not found.requires_grad
    assert found.min() >= 0 and set(found.flatten(1).amax(1).round(decimals=6).tolist()) <= {0.0, 1.0}
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


def test_frozen_weights_and_inference_mode_change_nothing() -> None:
    graph = graph_of(SMALL)
    network, x, classes = built(graph), images(10), torch.arange(10)
    expected = grad_cam(network, graph, (x,), classes)
    network.requires_grad_(False)
    with torch.inference_mode():
        found = grad_cam(network, graph, (x.clone(),), classes.clone())
    assert found is not None and expected is not None
    assert torch.equal(found, expected)


def test_a_sample_has_its_map_in_any_batch() -> None:
    graph = graph_of(SMALL)
    network, x, classes = built(graph), images(10), torch.arange(10)
    together = grad_cam(network, graph, (x,), classes)
    alone = grad_cam(network, graph, (x[3:4],), classes[3:4])
    assert together is not None and alone is not None
    torch.testing.assert_close(alone[0], together[3], atol=1e-5, rtol=1e-4)


def test_the_one_output_for_two_classes_speaks_for_the_second_and_against_the_first() -> None:
    model = "conv(6, 3) -> relu -> global_avg_pool -> flatten -> linear(1)"
    graph = graph_of(model, classes=2, more="train { loss = binary_cross_entropy_with_logits }\n")
    network, x = built(graph), images(6)
    modules = nn.Sequential(*network.children())
    second = grad_cam(network, graph, (x,), torch.ones(6, dtype=torch.int64))
    first = grad_cam(network, graph, (x,), torch.zeros(6, dtype=torch.int64))
    assert second is not None and first is not None
    zeros = torch.zeros(6, dtype=torch.int64)
    torch.testing.assert_close(second, by_hand(modules, modules[1], x, zeros), atol=1e-5, rtol=1e-4)
    negated = nn.Sequential(modules, Negated())
    torch.testing.assert_close(first, by_hand(negated, modules[1], x, zeros), atol=1e-5, rtol=1e-4)


LATE = "flatten -> linear(48) -> unflatten(dim=1, unflattened_size=[3, 4, 4]) -> conv(4, 3) -> flatten -> linear(10)"
"""A network with feature maps whose places are none of the image."""


class Negated(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return -x


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("conv(4, 3) -> relu -> global_avg_pool -> flatten -> linear(10)", "1"),
        ("conv(4, 3) -> a: relu -> b: max_pool(2) -> flatten -> linear(10)", "b"),
        ("conv(4, 3) -> a: relu -> global_avg_pool -> conv(10, 1) -> flatten", "a"),
        ("x = a: conv(4, 3)\n  unused = conv(4, 3)\n  x -> flatten -> linear(10)", "a"),
    ],
)
def test_the_last_layer_that_says_where_is_found(model: str, path: str) -> None:
    found = spatial_map(graph_of(model))
    assert isinstance(found, SpatialMap) and found.path == path


@pytest.mark.parametrize(
    ("model", "image", "reason"),
    [
        ("flatten -> linear(10)", "[1, 8, 8]", "no convolution"),
        ("max_pool(2) -> flatten -> linear(10)", "[1, 8, 8]", "no convolution"),
        (LATE, "[1, 8, 8]", "no convolution"),
        ("conv(4, 8) -> relu -> flatten -> linear(10)", "[1, 8, 8]", "no convolution"),
    ],
)
def test_a_network_without_feature_maps_has_none_and_says_why(model: str, image: str, reason: str) -> None:
    graph = graph_of(model, image)
    why = spatial_map(graph)
    assert isinstance(why, str) and reason in why
    x = torch.zeros(2, *graph.inputs[0].shape.dims)
    assert grad_cam(built(graph), graph, (x,), torch.zeros(2, dtype=torch.int64)) is None


def test_a_table_has_none() -> None:
    program = check("data { source = iris() }\nmodel { linear(3) }\n").require()
    assert spatial_map(program.graph) == "the network has no image as its input"
