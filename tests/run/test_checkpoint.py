"""Checkpoints: they hold the whole state, they are whole or not there, and they are no pickles."""

from __future__ import annotations

import errno
import json
import os
import pickletools
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from netspec.problems import NetspecError
from netspec.runner.checkpoint import Checkpoints, last_checkpoint, load_weights, read_verified, split_tensors

OPTIMIZERS: dict[str, Any] = {
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.1, amsgrad=True),
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9, nesterov=True),
}


def trained(optimizer: str = "adam") -> tuple[nn.Module, torch.optim.Optimizer]:
    """A network and an optimizer after a step."""
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
    mover = OPTIMIZERS[optimizer](network.parameters())
    network(torch.randn(5, 4)).square().sum().backward()
    mover.step()
    return network, mover


def saved(folder: Path, *, epochs: int = 1, keep: int = 2, best: int | None = None) -> Checkpoints:
    checkpoints = Checkpoints(folder / "checkpoints", keep)
    for epoch in range(1, epochs + 1):
        checkpoints.save(*trained(), {"seed": 0}, epoch=epoch, best=min(best, epoch) if best else epoch)
    return checkpoints


def code(error: pytest.ExceptionInfo[NetspecError]) -> str:
    return error.value.diagnostics[0].code


def test_the_weights_come_back_as_they_were(tmp_path: Path):
    network, optimizer = trained()
    checkpoints = Checkpoints(tmp_path, 1)
    checkpoints.save(network, optimizer, {}, epoch=1, best=1)
    loaded = load_weights(checkpoints.path(1))
    assert loaded.keys() == network.state_dict().keys()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in network.state_dict().items())
    assert all(loaded[name].dtype == tensor.dtype for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_holds_what_the_optimizer_needs_to_go_on(tmp_path: Path, optimizer: str):
    network, mover = trained(optimizer)
    checkpoints = Checkpoints(tmp_path, 1)
    checkpoints.save(network, mover, {}, epoch=1, best=1)
    tensors = load_file(checkpoints.path(1) / "optimizer.safetensors")
    rest = json.loads((checkpoints.path(1) / "state.json").read_text())["optimizer"]
    state: dict[int, dict[str, Any]] = {int(number): values for number, values in rest["state"].items()}
    for name, tensor in tensors.items():
        number, _, value = name.partition(".")
        state[int(number)][value] = tensor
    other = OPTIMIZERS[optimizer](network.parameters())
    other.load_state_dict({"state": state, "param_groups": rest["param_groups"]})
    expected_tensors, expected = split_tensors(mover.state_dict())
    found_tensors, found = split_tensors(other.state_dict())
    assert json.dumps(found) == json.dumps(expected)
    assert found_tensors.keys() == expected_tensors.keys()
    assert all(torch.equal(found_tensors[name], tensor) for name, tensor in expected_tensors.items())


def test_a_checkpoint_is_safetensors_and_json_alone(tmp_path: Path):
    folder = saved(tmp_path).path(1)
    names = {path.name for path in folder.iterdir()}
    assert names == {"model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json"}
    for path in folder.iterdir():
        with pytest.raises(ValueError):
            list(pickletools.genops(path.read_bytes()))
        if path.suffix == ".json":
            json.loads(path.read_text())


def test_the_newest_and_the_best_are_kept_and_pointed_to(tmp_path: Path):
    checkpoints = saved(tmp_path, epochs=6, keep=2, best=3)
    names = sorted(path.name for path in checkpoints.folder.iterdir())
    assert names == ["epoch-0003", "epoch-0005", "epoch-0006", "index.json"]
    index = json.loads((checkpoints.folder / "index.json").read_text())
    assert index == {"best": "epoch-0003", "last": "epoch-0006"}
    assert last_checkpoint(checkpoints.folder) == checkpoints.path(6)


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.safetensors", "state.json"])
def test_a_single_changed_bit_is_noticed(tmp_path: Path, name: str):
    folder = saved(tmp_path).path(1)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(NetspecError, match=f"is damaged: {name} isn't what was saved") as error:
        load_weights(folder)
    assert code(error) == "NS706"


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": {}}', '{"files": {"model.safetensors": 1}}'])
def test_a_damaged_manifest_is_noticed(tmp_path: Path, manifest: str):
    folder = saved(tmp_path).path(1)
    (folder / "MANIFEST.json").write_text(manifest)
    with pytest.raises(NetspecError, match=r"MANIFEST\.json isn't a manifest"):
        read_verified(folder)


def test_a_missing_file_is_noticed(tmp_path: Path):
    folder = saved(tmp_path).path(1)
    (folder / "state.json").unlink()
    with pytest.raises(NetspecError, match=r"state\.json: No such file"):
        load_weights(folder)


@pytest.mark.parametrize(("number", "expected"), [(errno.ENOSPC, "NS704"), (errno.EROFS, "NS701")])
def test_what_fails_to_be_saved_leaves_the_checkpoint_before_it(
    tmp_path: Path, monkeypatch, number: int, expected: str
):
    checkpoints = saved(tmp_path)
    before = {path: path.read_bytes() for path in checkpoints.folder.rglob("*") if path.is_file()}
    synced = os.fsync

    def fail(descriptor: int) -> None:
        synced(descriptor)
        if any(path.name == "MANIFEST.json" for path in checkpoints.folder.glob(".tmp-*/*")):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NetspecError) as error:
        checkpoints.save(*trained(), {}, epoch=2, best=2)
    assert (code(error), error.value.exit_code) == (expected, 5)
    assert {path: path.read_bytes() for path in checkpoints.folder.rglob("*") if path.is_file()} == before
    load_weights(checkpoints.path(1))


def test_an_interruption_leaves_the_checkpoint_before_it(tmp_path: Path, monkeypatch):
    checkpoints = saved(tmp_path)

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save(*trained(), {}, epoch=2, best=2)
    assert sorted(path.name for path in checkpoints.folder.iterdir()) == ["epoch-0001", "index.json"]
    load_weights(checkpoints.path(1))
