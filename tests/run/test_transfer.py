"""ResNet-18 with weights that torchvision saved: a new last layer on a frozen body, another layer inside, a thaw."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch import Tensor

from netspec.builder import build
from netspec.checker import check_file
from netspec.runner.uses.verify_resume import final_state, run_through
from tests.campaigns.zoo import unlike_new
from tests.runs import run_one

SPEC = """\
data { source = synthetic(image=[3, 32, 32], classes=3, samples=48), batch_size = 16 }
model {
  body: zoo.resnet18
  replace("body.fc") { linear(3) }
  REPLACED
}
train {
  init = [from_file("body", "resnet18.safetensors", except=EXCEPT)]
  freeze = FREEZE
  optimizer = adamw(lr=1e-2)
  epochs = 3
  checkpoint = every(2 steps)
}
"""
HEAD = {"body.fc.weight", "body.fc.bias"}
OTHER_KERNEL = 'replace("body.layer1.0.conv1") { conv(64, 5, padding=2, bias=false) }'
STEPS = 3
"""Of an epoch."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with torchvision's weights, whose norms have seen images."""
    folder = tmp_path_factory.mktemp("transfer")
    torch.manual_seed(0)
    save_file(unlike_new(torchvision.models.resnet18()).state_dict(), folder / "resnet18.safetensors")
    return folder


def spec(folder: Path, name: str, freeze: str, replaced: str = "", left_out: str = '["fc"]') -> Path:
    path = folder / f"{name}.net"
    text = SPEC.replace("REPLACED", replaced).replace("EXCEPT", left_out).replace("FREEZE", freeze)
    path.write_text(text, encoding="utf-8")
    return path


def trained(folder: Path) -> dict[str, Tensor]:
    return load_file(max((folder / "checkpoints").glob("*/model.safetensors")))


def loaded(folder: Path) -> dict[str, Tensor]:
    """torchvision's tensors by the names that they have below `body`."""
    return {f"body.{name}": tensor for name, tensor in load_file(folder / "resnet18.safetensors").items()}


def unlike(found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> set[str]:
    """The names of the tensors that aren't equal to the bit."""
    assert found.keys() == expected.keys()
    return {name for name in expected if not torch.equal(found[name], expected[name])}


def test_a_frozen_body_keeps_its_bits_and_its_statistics_and_the_new_layer_learns(saved: Path) -> None:
    path = spec(saved, "head", '["body", "!body.fc"]')
    run_one(path, out=saved / "head")
    # the new layer has its initial values from the seed, which no tensor of the file disturbs
    expected = {**build(check_file(path).require()).state_dict(), **without(loaded(saved), "body.fc")}
    assert unlike(trained(saved / "head"), expected) == HEAD


def test_a_layer_inside_with_another_kernel_learns_with_the_new_last_layer(saved: Path) -> None:
    freeze = '["body", "!body.fc", "!body.layer1.0.conv1"]'
    path = spec(saved, "inside", freeze, OTHER_KERNEL, '["fc", "layer1.0.conv1"]')
    run_one(path, out=saved / "inside")
    found = trained(saved / "inside")
    assert found["body.layer1.0.conv1.weight"].shape == (64, 64, 5, 5)
    expected = {
        **build(check_file(path).require()).state_dict(),
        **without(loaded(saved), "body.fc", "body.layer1.0.conv1"),
    }
    assert unlike(found, expected) == HEAD | {"body.layer1.0.conv1.weight"}


def without(tensors: Mapping[str, Tensor], *scopes: str) -> dict[str, Tensor]:
    return {
        name: tensor for name, tensor in tensors.items() if not any(name.startswith(f"{scope}.") for scope in scopes)
    }


# ---- killed around the thaw ----

THAW = 2 * STEPS
KILLED = """
import os, signal, sys
from pathlib import Path

import torch

from netspec.checker import check_file
from netspec.interruption import StopRequest
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train

class Kill(StopRequest):
    def should_stop(self, step):
        if step >= int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

with RunFolder(Path(sys.argv[2])) as folder:
    for _ in train(check_file(Path(sys.argv[1])).require(), folder, torch.device("cpu"), request=Kill()):
        pass
"""


@pytest.fixture(scope="module")
def uninterrupted(saved: Path) -> Path:
    path = spec(saved, "thaw", '[freeze(["body", "!body.fc"], until=2 epochs)]')
    run_through(check_file(path).require(), saved / "thaw", torch.device("cpu"))
    assert len(unlike(trained(saved / "thaw"), loaded(saved) | dict.fromkeys(HEAD, torch.empty(0)))) > len(HEAD)
    return saved / "thaw"


@pytest.mark.parametrize("step", [THAW - 1, THAW, THAW + 1])
def test_a_run_that_is_killed_on_either_side_of_the_thaw_ends_with_the_same_bits(
    step: int, saved: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    spec, run = saved / "thaw.net", tmp_path / "run"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(spec), str(run), str(step)], check=False)
    assert killed.returncode == -signal.SIGKILL
    run_through(check_file(spec).require(), run, torch.device("cpu"))
    expected, found = dict(final_state(uninterrupted)), dict(final_state(run))
    assert [part for part in expected if found.get(part) != expected[part]] == []
