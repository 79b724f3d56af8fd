"""The blocks of specs/zoo/blocks that a spec may import are torchvision's: its weights load, its outputs are equal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.ops import Conv2dNormActivation, SqueezeExcitation

from netspec.builder.network import build_graph
from tests.campaigns.zoo import unlike_new
from tests.specs import ROOT, check
from tests.zoo.test_torchvision import TOLERANCE

BLOCKS: dict[str, Callable[[], nn.Module]] = {
    "squeeze_excitation(4)": lambda: SqueezeExcitation(16, 4),
    "inverted_residual(16)": lambda: InvertedResidual(16, 16, stride=1, expand_ratio=6),
    "inverted_residual(24, stride=2)": lambda: InvertedResidual(16, 24, stride=2, expand_ratio=6),
    "inverted_residual(16, expand=1)": lambda: InvertedResidual(16, 16, stride=1, expand_ratio=1),
    "depthwise_separable(32, stride=2)": lambda: nn.Sequential(
        *Conv2dNormActivation(16, 16, 3, stride=2, groups=16), *Conv2dNormActivation(16, 32, 1)
    ),
}

SPEC = """\
from "blocks/mobile.net" import depthwise_separable, inverted_residual, squeeze_excitation

data {{ source = synthetic(image=[16, 8, 8], classes=10) }}
model {{
  body: {block}
  flatten -> head: linear(10)
}}
"""


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_phones_is_torchvision_s(block: str) -> None:
    program = check(SPEC.format(block=block), folder=ROOT / "specs" / "zoo").require()
    network = build_graph(program.graph, seed=0).eval()
    torch.manual_seed(0)
    original = unlike_new(BLOCKS[block]()).eval()
    theirs = {f"body.{name}": tensor for name, tensor in original.state_dict().items()}
    assert set(theirs) == {name for name in network.state_dict() if name.startswith("body.")}
    network.load_state_dict(theirs, strict=False)

    images = torch.randn(2, 16, 8, 8)
    with torch.inference_mode():
        expected = network.get_submodule("head")(original(images).flatten(1))
        torch.testing.assert_close(network(images), expected, atol=TOLERANCE, rtol=0)
