"""Every layer's rules — shape, parameters, buffers, operations — against the real torch module."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from netspec.catalogue.entry import entries
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.dropout import Dropout
from netspec.catalogue.layers.flatten import Flatten
from netspec.catalogue.layers.global_avg_pool import GlobalAvgPool
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.max_pool import MaxPool
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.layers.sigmoid import Sigmoid
from netspec.catalogue.layers.softmax import Softmax
from netspec.catalogue.layers.tanh import Tanh
from netspec.shapes import Misfit, Shape

BATCH = 2

# torch warns that an even kernel may copy its input under padding=same, once in a process
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")


@st.composite
def shapes(draw: st.DrawFn, least: int = 1, most: int = 4) -> Shape:
    rank = draw(st.integers(least, most))
    return Shape((draw(st.integers(1, 6)), *(draw(st.integers(1, 9)) for _ in range(rank - 1))))


def sizes(rank: int, least: int, most: int) -> st.SearchStrategy[int | tuple[int, ...]]:
    one = st.integers(least, most)
    return one | st.tuples(*[one] * rank)


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Layer, Shape]:
    x = draw(shapes(2))
    rank = x.rank - 1
    layer = Conv(
        out_channels=draw(st.integers(1, 8)),
        kernel_size=draw(sizes(rank, 1, 5)),
        stride=draw(st.just(1) | sizes(rank, 1, 3)),
        padding=draw(sizes(rank, 0, 4) | st.sampled_from(("same", "valid"))),
        dilation=draw(sizes(rank, 1, 3)),
        groups=draw(st.integers(1, 3)),
        bias=draw(st.booleans()),
        padding_mode=draw(st.sampled_from(("zeros", "reflect", "replicate", "circular"))),
    )
    return layer, x


@st.composite
def poolings(draw: st.DrawFn) -> tuple[Layer, Shape]:
    x = draw(shapes(2))
    rank = x.rank - 1
    layer = MaxPool(
        kernel_size=draw(sizes(rank, 1, 5)),
        stride=draw(st.none() | sizes(rank, 1, 4)),
        padding=draw(sizes(rank, 0, 3)),
        dilation=draw(sizes(rank, 1, 3)),
        ceil_mode=draw(st.booleans()),
    )
    return layer, x


LINEARS = st.builds(Linear, out_features=st.integers(1, 9), bias=st.booleans())
NORMS = st.builds(BatchNorm, affine=st.booleans())
CASES: dict[type[Layer], st.SearchStrategy[tuple[Layer, Shape]]] = {
    Conv: convolutions(),
    MaxPool: poolings(),
    Linear: st.tuples(LINEARS, shapes()),
    BatchNorm: st.tuples(NORMS, shapes()),
    Dropout: st.tuples(st.just(Dropout()), shapes()),
    Flatten: st.tuples(st.just(Flatten()), shapes()),
    GlobalAvgPool: st.tuples(st.just(GlobalAvgPool()), shapes(2)),
    **{layer: st.tuples(st.just(layer()), shapes()) for layer in (ReLU, Sigmoid, Softmax, Tanh)},
}
"""For each layer, arguments and inputs of it; many of them don't fit."""


def torch_shape(layer: Layer, x: Shape) -> tuple[int, ...] | None:
    """The shape that torch gives, None if it refuses the arguments or the input.

    On the CPU with real numbers: on the meta device torch skips some of its checks.
    """
    try:
        module = layer.build(x).eval()
        with torch.inference_mode():
            return tuple(module(torch.zeros(BATCH, *x.dims)).shape)
    except (RuntimeError, ValueError):
        return None


def inferred_shape(layer: Layer, x: Shape) -> tuple[int, ...] | None:
    try:
        return (BATCH, *layer.infer(x).dims)
    except Misfit:
        return None


def test_every_layer_has_its_cases():
    assert set(CASES) == set(entries(Layer))


@pytest.mark.parametrize("layer", CASES, ids=lambda layer: layer.name())
def test_a_layer_infers_what_torch_returns_and_refuses_what_torch_refuses(layer: type[Layer]):
    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(CASES[layer])
    def check(case: tuple[Layer, Shape]):
        entry, x = case
        assert inferred_shape(entry, x) == torch_shape(entry, x)

    check()


@pytest.mark.parametrize("layer", [Conv(out_channels=4, kernel_size=1), MaxPool(kernel_size=1), GlobalAvgPool()])
@pytest.mark.parametrize("x", [Shape.of(784), Shape.of(2, 2, 2, 2, 2)], ids=str)
def test_what_slides_refuses_a_vector_and_five_dimensions(layer: Layer, x: Shape):
    with pytest.raises(Misfit):
        layer.infer(x)


def test_a_list_has_a_number_for_each_spatial_dimension():
    with pytest.raises(Misfit, match="`kernel_size` has 3 numbers for 2 spatial dimensions"):
        Conv(out_channels=4, kernel_size=(1, 3, 3)).infer(Shape.of(3, 32, 32))


@pytest.mark.parametrize("layer", CASES, ids=lambda layer: layer.name())
def test_a_layer_knows_the_tensors_of_its_module(layer: type[Layer]):
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(CASES[layer])
    def check(case: tuple[Layer, Shape]):
        entry, x = case
        if inferred_shape(entry, x) is None:
            return
        module = entry.build(x)
        named: dict[str, Any] = dict(module.named_parameters())
        assert entry.parameters(x) == {name: tuple(tensor.shape) for name, tensor in named.items()}
        rest = {name: tensor for name, tensor in module.state_dict().items() if name not in named}
        assert entry.buffers(x) == {name: tuple(tensor.shape) for name, tensor in rest.items()}

    check()


@pytest.mark.parametrize("layer", CASES, ids=lambda layer: layer.name())
def test_a_layer_counts_operations_as_torch_does(layer: type[Layer]):
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(CASES[layer])
    def check(case: tuple[Layer, Shape]):
        entry, x = case
        if inferred_shape(entry, x) is None:
            return
        module = entry.build(x).eval()
        with FlopCounterMode(display=False) as counter, torch.inference_mode(False):
            module(torch.zeros(BATCH, *x.dims))
        assert BATCH * entry.flops(x) == counter.get_total_flops()

    check()


@pytest.mark.parametrize("layer", entries(Layer), ids=lambda layer: layer.name())
def test_the_parameters_are_in_the_order_of_the_module(layer: type[Layer]):
    strategy = CASES[layer]

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(strategy)
    def check(case: tuple[Layer, Shape]):
        entry, x = case
        if inferred_shape(entry, x) is not None:
            assert [*entry.parameters(x), *entry.buffers(x)] == list(entry.build(x).state_dict())

    check()
