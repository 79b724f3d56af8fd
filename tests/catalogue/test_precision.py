"""Every layer can be computed in bfloat16: with float32 inputs and behind another layer that was."""

from __future__ import annotations

import pytest
import torch

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from tests.catalogue.test_conformance import SHAPED, made, sample, several, shapes_of

LAYERS = [example for kind, _, example in SHAPED if kind is Layer]


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
# torch says that its rms_norm takes longer then
@pytest.mark.filterwarnings("ignore:Mismatch dtype between input and weight:UserWarning")
@pytest.mark.parametrize("before", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("example", LAYERS, ids=lambda example: example.text)
def test_it_is_computed_forwards_and_backwards(example: Example, before: torch.dtype) -> None:
    layer = made(Layer, example)
    assert isinstance(layer, Layer)
    shapes = shapes_of(example)
    built = layer.build(*shapes)
    if isinstance(built, torch.Tensor):
        return  # a learned tensor takes nothing
    inputs = [sample(shape) for shape in shapes]
    inputs = [value.to(before).requires_grad_() if value.is_floating_point() else value for value in inputs]
    with torch.autocast("cpu", torch.bfloat16):
        outputs = several(built(*inputs))
    total = torch.stack([value.float().sum() for value in outputs]).sum()
    assert total.isfinite()
    if total.requires_grad:
        total.backward()
