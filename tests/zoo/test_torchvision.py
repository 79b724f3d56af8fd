"""The networks of specs/zoo are torchvision's: the same names, sizes and numbers, so that its weights load."""

from __future__ import annotations

import pytest
import torch
import torchvision

from netspec.builder.network import build_graph
from netspec.checker import check_file
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


@pytest.mark.parametrize("name", NETWORKS)
def test_torchvision_s_weights_load_and_give_the_same_outputs(name: str) -> None:
    program = check_file(ROOT / "specs" / "zoo" / f"{name}.net").require()
    torch.manual_seed(0)
    original = NETWORKS[name]()
    network = build_graph(program.graph, seed=0)

    theirs, ours = original.state_dict(), network.state_dict()
    assert {key: tensor.shape for key, tensor in ours.items()} == {key: tensor.shape for key, tensor in theirs.items()}
    assert program.graph.parameter_count == sum(tensor.numel() for tensor in original.parameters())
    network.load_state_dict(theirs, strict=True)

    images = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        difference = (network.eval()(images) - original.eval()(images)).abs().max().item()
    assert difference <= TOLERANCE
