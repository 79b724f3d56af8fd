"""`netspec weights` and `netspec import weights`: what they print, and what they end with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from netspec.memory import CACHE_FOLDER
from tests.cli.conftest import Netspec


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "cache"))


def test_the_weights_that_there_are_are_listed(netspec: Netspec) -> None:
    ran = netspec("weights", "list")
    assert ran.exit_code == 0
    row = next(line.split() for line in ran.out.splitlines() if line.startswith("resnet18"))
    assert row == ["resnet18", "IMAGENET1K_V1", "(default)", "69.76", "%"]
    every = json.loads(netspec("weights", "list", "--format", "json").out)
    (facts,) = [item for item in every if item["network"] == "resnet18"]
    assert facts["url"] == "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    assert facts["path"] is None


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("fetch", "resnt18"), 1, "did you mean `resnet18`?"),
        (("fetch", "resnet50", "IMAGENET1K_V9"), 1, "`resnet50` has no weights `IMAGENET1K_V9`"),
        (("fetch", "resnet18", "--file", "missing.pth"), 3, "there is no file `missing.pth`"),
        (("fetch", "resnet18", "--file", "other.pth"), 3, "begin with f37072fd"),
        (("remove", "alexnett9"), 1, "the zoo has no network `alexnett9`"),
        (("remove", "resnet18"), 0, "0.0 MiB are free now"),
    ],
)
def test_what_they_refuse(netspec: Netspec, arguments: tuple[str, ...], exit_code: int, said: str) -> None:
    Path("other.pth").write_bytes(b"other")
    ran = netspec("weights", *arguments)
    assert ran.exit_code == exit_code
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_file_of_torch_is_converted_and_what_changed_is_said(netspec: Netspec) -> None:
    tensors = {"blocks.0.norm1.weight": torch.ones(2), "cls_token": torch.ones(1, 1, 2, dtype=torch.float64)}
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in tensors.items()}, "epoch": 3}, "vit.pth")
    ran = netspec("import", "weights", "vit.pth")
    assert ran.exit_code == 0
    assert ran.out == "vit.safetensors\n"
    for said in (
        "2 tensors of 4 numbers",
        "taken from `state_dict`",
        "names without `module.`",
        "1 tensor of float64 as float32",
        "from_file(…, names=timm)",
    ):
        assert said in ran.err
    assert load_file("vit.safetensors").keys() == tensors.keys()
    again = netspec("import", "weights", "vit.pth")
    assert again.exit_code == 5
    assert "it is there already" in again.err
    assert netspec("import", "weights", "vit.pth", "--force").exit_code == 0
    assert netspec("import", "weights", "vit.pth", "-o", "other.safetensors").out == "other.safetensors\n"


def test_what_cannot_be_converted_leaves_nothing(netspec: Netspec) -> None:
    torch.save(torch.nn.Linear(2, 2), "module.pth")
    ran = netspec("import", "weights", "module.pth")
    assert ran.exit_code == 3
    assert "only running code of the file could load" in ran.err
    assert "save `model.state_dict()` alone" in ran.err
    assert not list(Path().glob("*.safetensors"))
