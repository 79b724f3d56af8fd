"""What a layer says of channels is true of its module: without some of them it computes what is left of its values."""

from __future__ import annotations

from random import Random

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.func import functional_call

from netspec.catalogue.channels import Axes, Axis, Channels, Ties, Value
from netspec.catalogue.layers import Layer
from netspec.program.shrinking import shrunk_layer
from netspec.shapes import MisfitError, Shape
from tests.catalogue.layer_cases import CASES, Case, entry

BATCH = 3

pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning"),
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
]

UNLIKELY = (HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.large_base_example)
"""Many random cases don't fit, and some layers are large."""

FIXED = {
    "attention": "its heads are as many features each",
    "cosine_similarity": "it computes one number of all",
    "matmul": "it sums over them",
    "pairwise_distance": "it computes one number of all",
}
"""Layers that say nothing of channels, so that nothing of them is removed."""


class Removal:
    """Some of the channels of one layer, removed at random so that something is left of every axis."""

    def __init__(self, layer: Layer, shapes: tuple[Shape, ...], random: Random) -> None:
        self.ties = Ties(layer.name())
        self.inputs = tuple(Value(shape, tuple(map(self.ties.new, shape.dims))) for shape in shapes)
        rule = layer.channels(self.ties, *self.inputs)
        assert rule is not None, "it has a rule"
        self.rule: Channels = rule
        self.sizes = layer.parameters(*shapes) | layer.buffers(*shapes)
        tensors = {name: axes for name, axes in rule.tensors.items() if name in self.sizes}
        axes = [axis for value in self.inputs for axis in value.axes]
        axes += [axis for given in (*rule.outputs, *tensors.values()) for axis in given]
        used = [{self.ties.root(channel) for channel in axis} for axis in axes if axis]
        free = [root for root in dict.fromkeys(root for one in used for root in sorted(one)) if self._is_free(root)]
        self.gone: set[int] = set()
        for root in free:
            if random.random() < 0.5 and all(one - self.gone - {root} for one in used):
                self.gone.add(root)
        self.given = {channel for given in rule.outputs for axis in given for channel in axis}
        self.taken = {channel for value in self.inputs for axis in value.axes for channel in axis}

    def _is_free(self, root: int) -> bool:
        return self.ties.why_fixed(root) is None

    def left(self, axis: Axis) -> tuple[int, ...]:
        return tuple(position for position, channel in enumerate(axis) if self.ties.root(channel) not in self.gone)

    def of(self, tensor: Tensor, axes: Axes, *, batched: bool = False) -> Tensor:
        """What is left of a tensor."""
        for dim, axis in enumerate(axes):
            tensor = tensor.index_select(dim + batched, torch.tensor(self.left(axis), dtype=torch.int64))
        return tensor

    def silenced(self, tensor: Tensor, axes: Axes) -> Tensor:
        """A tensor in which nothing reads what is removed."""
        for dim, axis in enumerate(axes):
            if self.given.isdisjoint(axis) and (dim > 0 or self.taken.issuperset(axis)):
                silent = torch.tensor([self.ties.root(channel) in self.gone for channel in axis])
                tensor = tensor.masked_fill(silent.reshape(-1, *[1] * (tensor.dim() - dim - 1)), 0.0)
        return tensor


def numbers(shape: Shape, generator: torch.Generator) -> Tensor:
    sizes = (BATCH, *shape.dims) if shape.batched else shape.dims
    if shape.dtype == "int64":
        return torch.zeros(sizes, dtype=torch.int64)
    return torch.rand(sizes, generator=generator, dtype=torch.float64) + 0.1


def listed(result: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return result if isinstance(result, tuple) else (result,)


def check(layer: Layer, shapes: tuple[Shape, ...], random: Random) -> bool:
    """Compare a layer with what is left of it; whether something was removed."""
    outputs = layer.outputs(*shapes)
    removal = Removal(layer, shapes, random)
    smaller = shrunk_layer(layer, removal.rule, (value.axes for value in removal.inputs), removal.left)
    sizes = tuple(
        Shape(tuple(len(removal.left(axis)) for axis in value.axes), value.shape.dtype, value.shape.batched)
        for value in removal.inputs
    )
    given = smaller.outputs(*sizes)
    for shape, whole, axes in zip(given, outputs, removal.rule.outputs, strict=True):
        assert tuple(map(len, axes)) == whole.dims
        assert shape.dims == tuple(len(removal.left(axis)) for axis in axes)
    module, little = layer.build(*shapes), smaller.build(*sizes)
    if isinstance(module, Tensor) or layer.varies(training=False):
        return bool(removal.gone)
    assert isinstance(little, nn.Module)
    generator = torch.Generator().manual_seed(0)
    state = {
        name: torch.rand(item.shape, generator=generator, dtype=torch.float64) + 0.1
        if item.is_floating_point()
        else item.clone()
        for name, item in module.state_dict().items()
    }
    axes = {name: removal.rule.tensors.get(name, ()) for name in state}
    reduced = {name: removal.of(item, axes[name]) for name, item in state.items()}
    silent = {name: removal.silenced(item, axes[name]) for name, item in state.items()}
    assert {name: item.shape for name, item in little.state_dict().items()} == {
        name: item.shape for name, item in reduced.items()
    }
    x = [numbers(shape, generator) for shape in shapes]
    with torch.no_grad():
        whole = listed(functional_call(module.double().eval(), silent, tuple(x)))
        rest = [
            removal.of(one, value.axes, batched=value.shape.batched)
            for one, value in zip(x, removal.inputs, strict=True)
        ]
        found = listed(functional_call(little.double().eval(), reduced, tuple(rest)))
    for one, other, part, shape in zip(whole, found, removal.rule.outputs, outputs, strict=True):
        torch.testing.assert_close(
            other, removal.of(one, part, batched=shape.batched), rtol=1e-6, atol=1e-6, equal_nan=True
        )
    return bool(removal.gone)


@pytest.mark.parametrize("name", sorted(CASES.keys() - FIXED))
def test_a_layer_without_some_channels_computes_what_is_left_of_its_values(name: str) -> None:
    removed = 0

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=UNLIKELY)
    @given(CASES[name], st.integers(0, 999))
    def compare(case: Case, seed: int) -> None:
        nonlocal removed
        layer, shapes = case
        try:
            layer.check()
            layer.outputs(*shapes)
        except MisfitError:
            assume(False)
        removed += check(layer, shapes, Random(seed))

    compare()
    assert removed, "something was removed in one of the cases"


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_layer_has_a_rule_unless_it_mixes_all_of_its_channels(name: str) -> None:
    known = entry(name).channels is not Layer.channels
    assert known != (name in FIXED)
