"""The networks of specs/zoo are torchvision's: the same names, sizes and numbers, so that its weights load."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision

from netspec.builder.network import build_graph
from netspec.checker import check_file
from tests.campaigns.zoo import unlike_new
from tests.specs import ROOT

TOLERANCE = 1e-5

NETWORKS = {
    "alexnet": torchvision.models.alexnet,
    "googlenet": lambda: torchvision.models.googlenet(aux_logits=False, init_weights=False),
    "mobilenet_v2": torchvision.models.mobilenet_v2,
    "resnet18": torchvision.models.resnet18,
    "resnet50": torchvision.models.resnet50,
    "squeezenet1_1": torchvision.models.squeezenet1_1,
    "vgg16_bn": torchvision.models.vgg16_bn,
}

OTHERS = {
    "convnext_tiny": torchvision.models.convnext_tiny,
    "densenet121": torchvision.models.densenet121,
    "efficientnet_b0": torchvision.models.efficientnet_b0,
    "mobilenet_v3_small": torchvision.models.mobilenet_v3_small,
    "shufflenet_v2_x1_0": torchvision.models.shufflenet_v2_x1_0,
    "vit_b_16": torchvision.models.vit_b_16,
}
"""Architectures that the language carries though nobody had them in mind when it was made."""

FOLDERS = {**dict.fromkeys(NETWORKS, ROOT / "specs" / "zoo"), **dict.fromkeys(OTHERS, Path(__file__).parent / "specs")}


@pytest.mark.parametrize("name", FOLDERS)
def test_torchvision_s_weights_load_and_give_the_same_outputs(name: str) -> None:
    program = check_file(FOLDERS[name] / f"{name}.net").require()
    torch.manual_seed(0)
    original = unlike_new((NETWORKS | OTHERS)[name]())
    network = build_graph(program.graph, seed=0)

    theirs, ours = original.state_dict(), network.state_dict()
    assert {key: tensor.shape for key, tensor in ours.items()} == {key: tensor.shape for key, tensor in theirs.items()}
    assert program.graph.parameter_count == sum(tensor.numel() for tensor in original.parameters())
    network.load_state_dict(theirs, strict=True)

    images = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        difference = (network.eval()(images) - original.eval()(images)).abs().max().item()
    assert difference <= TOLERANCE
