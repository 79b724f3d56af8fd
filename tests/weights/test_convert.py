"""Files of torch.save become safetensors with the same numbers, and none of their code is executed."""

from __future__ import annotations

import argparse
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from netspec.api.weights import import_weights
from netspec.problems import NetspecError
from netspec.weights import convert, unpickle
from tests.security.hostile import pickles

IN_A_PROCESS = convert.in_a_process


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2))


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def converted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are converted in this process, which takes a fraction of the time of another one."""
    monkeypatch.setattr(convert, "in_a_process", unpickle.attempt)


@pytest.fixture
def converted_elsewhere(converted_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are converted in a process of its own, as they are outside of tests."""
    monkeypatch.setattr(convert, "in_a_process", IN_A_PROCESS)


def saved(content: Any, **settings: Any) -> Path:
    path = Path("weights.pth")
    torch.save(content, path, **settings)
    return path


def equal(state: dict[str, Tensor], path: Path = Path("weights.safetensors")) -> bool:
    found = load_file(path)
    return found.keys() == state.keys() and all(torch.equal(found[name], state[name]) for name in state)


@pytest.mark.usefixtures("converted_elsewhere")
@pytest.mark.parametrize("new", [True, False], ids=["a zip", "of before torch 1.6"])
def test_a_state_dict_keeps_its_names_and_numbers(network: nn.Module, new: bool) -> None:
    found = import_weights(saved(network.state_dict(), _use_new_zipfile_serialization=new))
    assert equal(network.state_dict())
    assert found.notes == ()
    assert found.elements == sum(tensor.numel() for tensor in network.state_dict().values())


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module._orig_mod."])
def test_what_wrappers_put_in_front_of_names_is_taken_off(network: nn.Module, prefix: str) -> None:
    found = import_weights(saved({prefix + name: tensor for name, tensor in network.state_dict().items()}))
    assert equal(network.state_dict())
    assert found.notes == (f"names without `{prefix}`",)


def test_a_checkpoint_has_its_tensors_under_a_key(network: nn.Module) -> None:
    optimizer = torch.optim.AdamW(network.parameters())
    found = import_weights(saved({"epoch": 3, "state_dict": network.state_dict(), "optimizer": optimizer.state_dict()}))
    assert equal(network.state_dict())
    assert found.key == "state_dict"


def test_one_of_several_maps_has_to_be_chosen(network: nn.Module) -> None:
    other = {name: tensor + 1 for name, tensor in network.state_dict().items()}
    path = saved({"model": network.state_dict(), "ema": other})
    with pytest.raises(NetspecError) as refused:
        import_weights(path)
    assert refused.value.diagnostics[0].help == "choose one: --key model, --key ema"
    import_weights(path, key="ema")
    assert equal(other)


def test_a_key_that_is_not_there_is_refused(network: nn.Module) -> None:
    with pytest.raises(NetspecError, match="no tensors under `weights`"):
        import_weights(saved({"model": network.state_dict()}), key="weights")


def test_what_is_no_tensor_is_left_out_and_named() -> None:
    found = import_weights(saved({"a": torch.ones(2), "version": 3}))
    assert equal({"a": torch.ones(2)})
    assert found.notes == ("not tensors, left out: version",)


def test_float64_becomes_float32_and_is_said() -> None:
    found = import_weights(saved({"a": torch.ones(2, dtype=torch.float64), "n": torch.tensor(3)}))
    assert equal({"a": torch.ones(2), "n": torch.tensor(3)})
    assert found.notes == ("1 tensor of float64 as float32",)


def test_tensors_that_share_memory_are_written_each() -> None:
    shared = torch.arange(6.0)
    import_weights(saved({"a": shared, "b": shared[2:], "c": shared.view(2, 3).t()}))
    assert equal({"a": shared, "b": shared[2:], "c": shared.view(2, 3).t()})


REFUSED: dict[str, tuple[Any, str]] = {
    "a whole module": (nn.Linear(2, 2), "Linear"),
    "a namespace": ({"state_dict": {"a": torch.ones(1)}, "args": argparse.Namespace(lr=1)}, "argparse.Namespace"),
    "a number of numpy": ({"a": torch.ones(1), "n": np.float64(1)}, "scalar"),
    "a list": ([torch.ones(1)], "no map from names to tensors"),
    "a number": (3, "no map from names to tensors"),
    "an empty dict": ({}, "no map from names to tensors"),
    "names that are numbers": ({0: torch.ones(1)}, "no map from names to tensors"),
    "a name with control characters": ({"a\x1b[2J": torch.ones(1)}, "control characters"),
    "a sparse tensor": ({"a": torch.eye(3).to_sparse()}, "sparse"),
    "complex numbers": ({"a": torch.ones(2, dtype=torch.complex64)}, "complex64"),
    "four gigabytes in a small file": ({"a": torch.ones(1).expand(10**9)}, "more than the file has"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_holds_more_than_tensors_is_refused(content: Any, reason: str) -> None:
    path = saved(content)
    with pytest.raises(NetspecError) as refused:
        import_weights(path)
    (found,) = refused.value.diagnostics
    assert found.code == "NS547"
    assert reason in found.message
    assert [item.name for item in Path().iterdir()] == [path.name]


@pytest.mark.usefixtures("converted_elsewhere")
@pytest.mark.parametrize("content", pickles().values(), ids=pickles())
def test_no_pickle_runs_anything(content: bytes) -> None:
    Path("weights.pth").write_bytes(content)
    with pytest.raises(NetspecError) as refused:
        import_weights("weights.pth")
    assert [found.code for found in refused.value.diagnostics] == ["NS547"]
    assert [item.name for item in Path().iterdir()] == ["weights.pth"]


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80", b"text", b"\0" * 1000], ids=repr)
def test_what_is_no_file_of_torch_is_refused(content: bytes) -> None:
    Path("weights.pth").write_bytes(content)
    with pytest.raises(NetspecError) as refused:
        import_weights("weights.pth")
    assert [found.code for found in refused.value.diagnostics] == ["NS547"]


def test_compressed_archives_which_may_be_any_size_are_refused(network: nn.Module) -> None:
    path = saved(network.state_dict())
    with zipfile.ZipFile(path) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(NetspecError, match="compressed archive"):
        import_weights(path)


@pytest.mark.usefixtures("converted_elsewhere")
def test_a_module_of_the_name_of_torch_in_the_folder_is_not_imported(network: nn.Module) -> None:
    for name in ("torch", "safetensors", "json", "netspec"):
        Path(f"{name}.py").write_text("open('ran', 'w')\n")
    import_weights(saved(network.state_dict()))
    assert equal(network.state_dict())
    assert not Path("ran").exists()


def test_a_file_is_only_overwritten_on_request(network: nn.Module) -> None:
    path = saved(network.state_dict())
    Path("weights.safetensors").write_text("mine")
    with pytest.raises(NetspecError, match="it is there already"):
        import_weights(path)
    assert Path("weights.safetensors").read_text() == "mine"
    import_weights(path, force=True)
    assert equal(network.state_dict())


def test_the_source_is_never_the_target(network: nn.Module) -> None:
    path = saved(network.state_dict())
    with pytest.raises(NetspecError, match="it is there already"):
        import_weights(path, path, force=True)
    assert isinstance(torch.load(path, weights_only=True), OrderedDict)


def test_a_folder_that_is_not_there_is_said(network: nn.Module) -> None:
    with pytest.raises(NetspecError, match=r"can't write `missing/weights\.safetensors`"):
        import_weights(saved(network.state_dict()), "missing/weights.safetensors")


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(NetspecError, match=r"there is no file `missing\.pth`"):
        import_weights("missing.pth")
