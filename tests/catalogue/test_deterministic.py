"""Which layers have gradients on CUDA that are the same bits each time, by the kernels of torch that they end in."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.embedding_bag import EmbeddingBag
from netspec.shapes import Shape
from tests.catalogue.test_conformance import made, several, shapes_of
from tests.catalogue.test_layers_in_training import EXAMPLES, built, inputs

WITHOUT = {
    "_adaptive_avg_pool2d_backward",
    "_adaptive_avg_pool3d_backward",
    "adaptive_max_pool2d_backward",
    "adaptive_max_pool3d_backward",
    "avg_pool3d_backward",
    "fractional_max_pool2d_backward",
    "fractional_max_pool3d_backward",
    "grid_sampler_2d_backward",
    "grid_sampler_3d_backward",
    "histc",
    "kthvalue",
    "max_unpool2d",
    "max_unpool3d",
    "nll_loss2d_forward",
    "reflection_pad1d_backward",
    "reflection_pad2d_backward",
    "reflection_pad3d_backward",
    "upsample_bicubic2d_backward",
    "upsample_linear1d_backward",
}
"""Kernels that have no deterministic form on CUDA, as torch.use_deterministic_algorithms says.

Linear `upsample` of images and volumes and `max_pool` of volumes are taken apart into others there, which have one.
"""
MORE = [
    Example("adaptive_avg_pool(1)", into=(4, 8, 8), out=(4, 1, 1)),
    Example("adaptive_avg_pool(4)", into=(4, 8), out=(4, 4)),
    Example("adaptive_avg_pool(2)", into=(4, 8, 8, 8), out=(4, 2, 2, 2)),
    Example("adaptive_max_pool(2)", into=(4, 8, 8, 8), out=(4, 2, 2, 2)),
    Example("avg_pool(2)", into=(4, 8), out=(4, 4)),
    Example("avg_pool(2)", into=(4, 8, 8, 8), out=(4, 4, 4, 4)),
    Example("global_avg_pool", into=(4, 8, 8, 8), out=(4, 1, 1, 1)),
    Example("local_response_norm(3)", into=(4, 8), out=(4, 8)),
    Example("lp_pool(2, 2)", into=(4, 8, 8), out=(4, 4, 4)),
    Example("lp_pool(2, 2)", into=(4, 8, 8, 8), out=(4, 4, 4, 4)),
    Example("pad(1, mode=reflect)", into=(4, 8), out=(4, 10)),
    Example("pad(1, mode=replicate)", into=(4, 8, 8), out=(4, 10, 10)),
    Example("upsample(2, mode=linear)", into=(4, 8), out=(4, 16)),
    Example("upsample(2, mode=linear)", into=(4, 8, 8), out=(4, 16, 16)),
    Example("upsample(2, mode=bicubic)", into=(4, 8, 8), out=(4, 16, 16)),
    Example("upsample(2, mode=nearest)", into=(4, 8), out=(4, 16)),
]
CASES = [*EXAMPLES, *((type(made(Layer, example)), example) for example in MORE)]

pytestmark = [
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning"),
]


class Kernels(TorchDispatchMode):
    """The names of all that is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(("layer", "example"), CASES, ids=[f"{example.text} {example.into}" for _, example in CASES])
def test_a_layer_is_deterministic_if_its_kernels_are(layer: type[Layer], example: Example) -> None:
    module, taken = built(layer, example).train(), inputs(layer, example)
    for x in taken:
        x.requires_grad_(x.is_floating_point())
    with Kernels() as kernels:
        results = [result for result in several(module(*taken)) if result.is_floating_point()]
        total = sum((result.sum() for result in results), torch.zeros(()))
        if total.requires_grad:
            total.backward()
    says = cast(Layer, made(Layer, example)).deterministic(*shapes_of(example))
    assert says == kernels.names.isdisjoint(WITHOUT), kernels.names & WITHOUT


def test_the_largest_of_a_bag_is_not_deterministic() -> None:
    """Its kernel is that of the mean, which is."""
    largest, mean = (EmbeddingBag(num_embeddings=10, embedding_dim=4, mode=mode) for mode in ("max", "mean"))
    assert not largest.deterministic(Shape.of(3)) and mean.deterministic(Shape.of(3))
