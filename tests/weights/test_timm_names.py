"""Files of timm are loaded into torchvision's networks: names are converted, and the outputs are equal."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor

from netspec.builder import build
from netspec.catalogue.init_rules.from_file import FromFile
from netspec.catalogue.timm_names import are_timm_names, as_in_torchvision
from tests.specs import check

PAIRS = {
    "resnet18": "resnet18",
    "resnet50": "resnet50",
    "resnext50_32x4d": "resnext50_32x4d",
    "vit_base_patch16_224": "vit_b_16",
    "convnext_tiny": "convnext_tiny",
}


@pytest.mark.parametrize(("theirs", "ours"), PAIRS.items())
def test_a_network_of_timm_and_its_weights_in_torchvision_are_equal(theirs: str, ours: str) -> None:
    timm = pytest.importorskip("timm", reason="timm isn't a dependency")
    torch.manual_seed(0)
    network = changed(timm.create_model(theirs, pretrained=False))
    other = torchvision.models.get_model(ours).eval()
    sizes = {name: tensor.shape for name, tensor in other.state_dict().items()}
    state = {as_in_torchvision(name): tensor for name, tensor in network.state_dict().items()}
    assert state.keys() == sizes.keys()
    other.load_state_dict({name: tensor.view(sizes[name]) for name, tensor in state.items()})
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(network(x), other(x), atol=1e-5, rtol=1e-5)


def changed(network: torch.nn.Module) -> torch.nn.Module:
    """A network whose tensors differ all from their initial values, which are often 0 or 1."""
    with torch.no_grad():
        for tensor in network.parameters():
            tensor.add_(0.02 * torch.randn_like(tensor))
    return network.eval()


def timm_names(ours: str) -> dict[str, str]:
    """torchvision's names by timm's, as far as they are regular, without timm."""
    names = list(torchvision.models.get_model(ours).state_dict())
    return {theirs: name for name in names if (theirs := _in_timm(name)) is not None}


def _in_timm(name: str) -> str | None:
    parts = name.split(".")
    match parts:
        case ["encoder", "layers", layer, "self_attention", "in_proj_weight" | "in_proj_bias" as own]:
            return f"blocks.{layer.rpartition('_')[2]}.attn.qkv.{own.removeprefix('in_proj_')}"
        case ["features", stage, block, "layer_scale"]:
            return f"stages.{(int(stage) - 1) // 2}.blocks.{block}.gamma"
        case ["features", stage, block, "block", "0", own]:
            return f"stages.{(int(stage) - 1) // 2}.blocks.{block}.conv_dw.{own}"
        case ["features", "2" | "4" | "6" as stage, place, own]:
            return f"stages.{int(stage) // 2}.downsample.{place}.{own}"
        case _:
            return None


@pytest.mark.parametrize("ours", ["vit_b_16", "convnext_tiny"])
def test_names_are_converted_by_rule(ours: str) -> None:
    pairs = timm_names(ours)
    assert len(pairs) >= 24
    assert {theirs: as_in_torchvision(theirs) for theirs in pairs} == pairs
    assert are_timm_names(pairs)


def test_names_of_resnets_are_the_same() -> None:
    names = list(torchvision.models.resnet18().state_dict())
    assert [as_in_torchvision(name) for name in names] == names
    assert not are_timm_names(names)


ATTENTION = """data { source = mnist_sample() }
model {
  flatten
  body: { heads: { head: linear(10) } }
}
train { init = [from_file("body", "vit.safetensors"NAMES)] }
"""


def test_a_rule_loads_timms_names(tmp_path: Path) -> None:
    tensors: dict[str, Tensor] = {"head.weight": torch.randn(10, 784), "head.bias": torch.randn(10)}
    save_file(tensors, tmp_path / "vit.safetensors")
    (found,) = check(ATTENTION.replace("NAMES", ""), folder=tmp_path).diagnostics
    assert found.help == "these are timm's names: add `names=timm`"
    state = build(check(ATTENTION.replace("NAMES", ", names=timm"), folder=tmp_path).require()).state_dict()
    assert torch.equal(state["body.heads.head.weight"], tensors["head.weight"])


def test_scales_may_lack_dimensions_of_one() -> None:
    rule = FromFile.model_validate({"on": "body", "file": "x.safetensors", "names": "timm"})
    assert rule.fits((96, 1, 1), (96,))
    assert not rule.fits((96, 1, 1), (95,))
    plain = FromFile.model_validate({"on": "body", "file": "x.safetensors"})
    assert not plain.fits((96, 1, 1), (96,))
