"""Networks get exactly the tensors of the files that `train.init` loads, and keep the others."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch import Tensor

from netspec.builder import build, build_empty, initialise
from netspec.problems import NetspecError
from netspec.program.program import Program
from tests.specs import check

NET = """data { source = mnist_sample() }
model {
  flatten
  body: { fc1: linear(4) -> bn: batch_norm -> relu }
  head: linear(10)
}
train { init = [RULES] }
"""


@pytest.fixture
def tensors() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {
        "fc1.weight": torch.randn(4, 784),
        "fc1.bias": torch.randn(4),
        "bn.weight": torch.randn(4),
        "bn.bias": torch.randn(4),
        "bn.running_mean": torch.randn(4),
        "bn.running_var": torch.rand(4),
        "bn.num_batches_tracked": torch.tensor(7),
    }


def program(folder: Path, rules: str) -> Program:
    return check(NET.replace("RULES", rules), folder=folder).require()


def test_every_tensor_of_the_file_is_that_of_the_network(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    save_file(tensors, tmp_path / "body.safetensors")
    without = build(program(tmp_path, "")).state_dict()
    loaded = build(program(tmp_path, 'from_file("body", "body.safetensors")')).state_dict()
    for name, tensor in loaded.items():
        expected = tensors[name.removeprefix("body.")] if name.startswith("body.") else without[name]
        assert torch.equal(tensor, expected), name
        assert tensor.dtype == expected.dtype


def test_what_is_excepted_keeps_its_initial_values(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    save_file(tensors, tmp_path / "body.safetensors")
    without = build(program(tmp_path, "")).state_dict()
    loaded = build(program(tmp_path, 'from_file("body", "body.safetensors", except=["fc1"])')).state_dict()
    assert torch.equal(loaded["body.fc1.weight"], without["body.fc1.weight"])
    assert torch.equal(loaded["body.bn.running_mean"], tensors["bn.running_mean"])


def test_the_first_rule_for_a_tensor_counts(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    save_file(tensors, tmp_path / "body.safetensors")
    rules = 'init("*:bias", zeros), from_file("body", "body.safetensors"), init("*:weight", ones)'
    loaded = build(program(tmp_path, rules)).state_dict()
    assert not loaded["body.fc1.bias"].any()
    assert torch.equal(loaded["body.fc1.weight"], tensors["fc1.weight"])
    assert bool((loaded["head.weight"] == 1).all())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_smaller_types_become_float32_without_a_change(
    tmp_path: Path, tensors: dict[str, Tensor], dtype: torch.dtype
) -> None:
    small = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    save_file(small, tmp_path / "body.safetensors")
    made = program(tmp_path, 'from_file("body", "body.safetensors")')
    assert made.weights[0].widened == (str(dtype).removeprefix("torch."),)
    loaded = build(made).state_dict()
    assert torch.equal(loaded["body.fc1.weight"], small["fc1.weight"].float())
    assert loaded["body.fc1.weight"].dtype == torch.float32


def test_a_file_without_counters_leaves_them_at_zero(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    del tensors["bn.num_batches_tracked"]
    save_file(tensors, tmp_path / "body.safetensors")
    loaded = build(program(tmp_path, 'from_file("body", "body.safetensors")')).state_dict()
    assert int(loaded["body.bn.num_batches_tracked"]) == 0


def test_what_was_loaded_is_said_with_its_digest(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    from hashlib import sha256

    path = tmp_path / "body.safetensors"
    save_file(tensors, path)
    made = program(tmp_path, 'from_file("body", "body.safetensors", except=["fc1.bias"])')
    (loaded,) = initialise(build_empty(made), made)
    assert loaded.sha256 == sha256(path.read_bytes()).hexdigest()
    assert (loaded.tensors, loaded.elements) == (6, 4 * 784 + 4 * 4 + 1)
    assert type(loaded).from_json(loaded.to_json()) == loaded


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(tmp_path: Path, tensors: dict[str, Tensor], number: float) -> None:
    tensors["fc1.weight"][1, 2] = number
    save_file(tensors, tmp_path / "body.safetensors")
    made = program(tmp_path, 'from_file("body", "body.safetensors")')
    with pytest.raises(NetspecError, match=r"`fc1\.weight` in `body\.safetensors` isn't finite"):
        build(made)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda path: path.unlink(), "NS540"),
        (lambda path: path.write_bytes(path.read_bytes()[:-4]), "NS541"),
        (lambda path: save_file({"fc1.weight": torch.ones(3)}, path), "NS543"),
    ],
    ids=["gone", "cut", "another"],
)
def test_a_file_that_changed_since_the_check_is_refused(
    tmp_path: Path, tensors: dict[str, Tensor], change, code: str
) -> None:
    path = tmp_path / "body.safetensors"
    save_file(tensors, path)
    made = program(tmp_path, 'from_file("body", "body.safetensors")')
    change(path)
    with pytest.raises(NetspecError) as refused:
        build(made)
    assert [diagnostic.code for diagnostic in refused.value.diagnostics] == [code]


def test_a_resnet_gets_the_weights_that_torchvision_saved(tmp_path: Path) -> None:
    torch.manual_seed(0)
    original = torchvision.models.resnet18().eval()
    with torch.no_grad():
        for tensor in original.state_dict().values():
            if tensor.is_floating_point():
                tensor.mul_(1 + 0.01 * torch.rand_like(tensor))
    save_file(original.state_dict(), tmp_path / "resnet18.safetensors")
    spec = """data { source = synthetic(image=[3, 64, 64], classes=1000) }
model { body: zoo.resnet18 }
train { init = [from_file("body", "resnet18.safetensors")] }
"""
    network = build(check(spec, folder=tmp_path).require()).eval()
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        # images lie channels last in netspec, which sums in another order
        torch.testing.assert_close(network(x), original(x), rtol=1e-4, atol=1e-5)
    theirs = load_file(tmp_path / "resnet18.safetensors")
    assert {name.removeprefix("body."): tensor.shape for name, tensor in network.state_dict().items()} == {
        name: tensor.shape for name, tensor in theirs.items()
    }
