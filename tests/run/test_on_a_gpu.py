"""On an accelerator: it learns, resumes with the same bits, and takes the same batches wherever the data is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netspec.checker import check_source
from netspec.data.prepare import PreparedData, prepare
from netspec.interruption import StopRequest
from netspec.program.program import Program
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.runner.uses.verify_resume import StopAfter
from netspec.source import Source
from tests.runs import resume_one, run_one

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")]

GPU = torch.device("cuda")
TEXT = """
data {
  source     = synthetic(image=[3, 12, 12], classes=3, samples=300)
  validation = 20%
  batch_size = 16
  augment    = AUGMENT
  transform  = normalize(measured)
}
model { conv(8, 3) -> batch_norm -> relu -> dropout(0.2) -> global_avg_pool -> flatten -> linear(3) }
train {
  optimizer = OPTIMIZER
  epochs    = 3
}
"""
EVERYTHING = (
    "random_crop(12, padding=2) -> random_horizontal_flip -> random_rotation(10) -> color_jitter(brightness=0.2)"
)


def program(optimizer: str = "adam(lr=1e-2)", augment: str = EVERYTHING, without: str = "\0") -> Program:
    text = TEXT.replace(without, "").replace("OPTIMIZER", optimizer).replace("AUGMENT", augment)
    return check_source(Source("spec.net", text, Path("spec.net").resolve())).require()


def weights(folder: Path) -> dict[str, torch.Tensor]:
    last = last_checkpoint(folder / "checkpoints")
    assert last is not None
    return load_weights(last)


def after(steps: int) -> StopRequest:
    request = StopAfter(steps)
    request.error = KeyboardInterrupt
    return request


def equal(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


@pytest.mark.parametrize(
    "optimizer", ["sgd(lr=0.1, momentum=0.9)", "adamw(lr=1e-2)", "adagrad", "rmsprop", "muon(lr=0.02)"]
)
def test_a_halted_run_ends_with_the_same_bits(optimizer: str, tmp_path: Path) -> None:
    if optimizer.startswith("muon"):
        optimizer = 'muon(lr=0.02, groups=[group(["*:bias", "0", "1"], optimizer=adamw)])'
    whole = run_one(program(optimizer), out=tmp_path / "whole", device="cuda")
    with pytest.raises(KeyboardInterrupt):
        run_one(program(optimizer), out=tmp_path / "halted", device="cuda", request=after(20))
    resume_one(tmp_path / "halted", device="cuda")
    assert equal(weights(tmp_path / "whole"), weights(tmp_path / "halted"))
    assert whole.history[-1]["train.loss"] < whole.history[0]["train.loss"]


@pytest.mark.parametrize("first", ["cpu", "cuda"])
def test_a_run_goes_on_on_another_device(first: str, tmp_path: Path) -> None:
    """Not with the same bits, but with all that the optimizer remembers."""
    second = {"cpu": "cuda", "cuda": "cpu"}[first]
    for optimizer in ("adam(lr=1e-2)", "adagrad(lr=1e-2)"):
        folder = tmp_path / optimizer[:5]
        with pytest.raises(KeyboardInterrupt):
            run_one(program(optimizer), out=folder, device=first, request=after(20))
        assert resume_one(folder, device=second).history[-1]["epoch"] == 3


def batches(data: PreparedData) -> list[torch.Tensor]:
    found = [*data.epoch(1), *data.epoch(2, 3), *data.batches("train"), *data.batches("validation", 7)]
    return [tensor for inputs, targets in found for tensor in (*inputs, targets)]


@pytest.mark.parametrize("augment", [EVERYTHING, "random_horizontal_flip(0)"])
def test_batches_are_the_same_where_the_device_has_no_room(augment: str) -> None:
    near, far = (prepare(program(augment=augment), GPU, spare) for spare in (None, 1000))
    assert near.training.inputs[0].device.type == "cuda" and far.training.inputs[0].device.type == "cpu"
    for found, expected in zip(batches(far), batches(near), strict=True):
        assert found.device.type == "cuda" and torch.equal(found, expected)


def test_a_run_with_the_data_far_away_ends_with_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_one(program(), out=tmp_path / "near", device="cuda")
    monkeypatch.setattr("netspec.runner.train.training.free_memory", lambda device: 1000)
    run_one(program(), out=tmp_path / "far", device="cuda")
    assert equal(weights(tmp_path / "near"), weights(tmp_path / "far"))


def test_it_ends_close_to_where_the_cpu_ends(tmp_path: Path) -> None:
    # without chance on the device, which draws other numbers there
    plain = program("sgd(lr=0.05)", without="-> dropout(0.2) ")
    results = [run_one(plain, out=tmp_path / name, device=name) for name in ("cpu", "cuda")]
    losses = [result.history[-1]["validation.loss"] for result in results]
    assert losses[0] == pytest.approx(losses[1], rel=0.1)
