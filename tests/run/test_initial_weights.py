"""Runs that start from weights of files and of other runs: recorded, resumed with the same bits, and reported."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from netspec import api
from netspec.files import file_record
from netspec.problems import NetspecError
from netspec.runner.uses.verify_resume import StopAfter
from tests.runs import resume_one, run_one

NET = """data { source = mnist_sample(), sample = 512, batch_size = 64 }
model {
  flatten
  body: { fc1: linear(8) -> bn: batch_norm -> relu }
  head: linear(10)
}
train { RULES
  epochs = 2
  checkpoint = every(3 steps) }
"""
FROM_FILE = 'init = [from_file("body", "body.safetensors")]'


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    tensors = {"fc1.weight": torch.randn(8, 784), "fc1.bias": torch.randn(8)}
    norm = {f"bn.{name}": torch.rand(8) for name in ("weight", "bias", "running_mean", "running_var")}
    save_file({**tensors, **norm}, tmp_path / "body.safetensors")
    path = tmp_path / "net.net"
    path.write_text(NET.replace("RULES", FROM_FILE))
    return path


def weights(run: Path) -> dict[str, torch.Tensor]:
    index = json.loads((run / "checkpoints" / "index.json").read_text())
    return load_file(run / "checkpoints" / index["last"] / "model.safetensors")


def halted(spec: Path, out: Path, after: int) -> None:
    request = StopAfter(after)
    request.error = KeyboardInterrupt
    with suppress(KeyboardInterrupt):
        api.run(spec, out=out, request=request)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_file_and_its_digest_are_recorded(spec: Path, tmp_path: Path) -> None:
    result = run_one(spec, out=tmp_path / "run")
    digest = file_record(tmp_path / "body.safetensors")["sha256"]
    (loaded,) = json.loads((tmp_path / "run" / "weights.json").read_text())["loaded"]
    assert (loaded["file"], loaded["sha256"], loaded["tensors"]) == ("body.safetensors", digest, 6)
    assert loaded["kept"] == {"body.bn.num_batches_tracked": "not in the file"}
    assert json.loads((tmp_path / "run" / "run.json").read_text())["weights"] == [loaded]
    assert result.loaded[0].sha256 == digest
    plan = json.loads((tmp_path / "run" / "plan.json").read_text())
    assert plan["weights"][0]["tensors"] == 6


def test_the_report_has_them_also_if_it_is_written_again(spec: Path, tmp_path: Path) -> None:
    run_one(spec, out=tmp_path / "run")
    first = (tmp_path / "run" / "report.html").read_text()
    (tmp_path / "body.safetensors").unlink()
    api.report(tmp_path / "run")
    for page in (first, (tmp_path / "run" / "report.html").read_text()):
        assert "Initial weights" in page
        assert file_record_of(tmp_path / "run") in page


def file_record_of(run: Path) -> str:
    return json.loads((run / "weights.json").read_text())["loaded"][0]["sha256"]


def test_a_run_without_such_rules_has_no_record(spec: Path, tmp_path: Path) -> None:
    spec.write_text(NET.replace("RULES", ""))
    run_one(spec, out=tmp_path / "run")
    assert not (tmp_path / "run" / "weights.json").exists()
    assert "Initial weights" not in (tmp_path / "run" / "report.html").read_text()


@pytest.mark.parametrize("after", [3, 8, 10])
def test_a_resumed_run_needs_no_file_and_ends_with_the_same_bits(spec: Path, tmp_path: Path, after: int) -> None:
    run_one(spec, out=tmp_path / "whole")
    halted(spec, tmp_path / "half", after)
    (tmp_path / "body.safetensors").unlink()
    result = resume_one(tmp_path / "half")
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "half"))
    assert result.loaded[0].file == "body.safetensors"
    assert json.loads((tmp_path / "half" / "plan.json").read_text())["weights"]


def without_checkpoint(spec: Path, out: Path) -> None:
    """A run that was killed before its first checkpoint."""
    halted(spec, out, 3)
    shutil.rmtree(out / "checkpoints")


def test_a_run_that_starts_again_takes_the_same_file(spec: Path, tmp_path: Path) -> None:
    run_one(spec, out=tmp_path / "whole")
    without_checkpoint(spec, tmp_path / "half")
    resume_one(tmp_path / "half")
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "half"))


def test_a_run_that_would_start_again_with_another_file_is_refused(spec: Path, tmp_path: Path) -> None:
    without_checkpoint(spec, tmp_path / "half")
    tensors = load_file(tmp_path / "body.safetensors")
    tensors["fc1.bias"][0] += 1
    save_file(tensors, tmp_path / "body.safetensors")
    with pytest.raises(NetspecError, match="isn't the file that the run in"):
        resume_one(tmp_path / "half")


def test_a_saved_run_is_evaluated_without_the_file(spec: Path, tmp_path: Path) -> None:
    result = run_one(spec, out=tmp_path / "run")
    (tmp_path / "body.safetensors").unlink()
    again = api.evaluate(tmp_path / "run")
    assert again is not None and result.test is not None
    assert again.evaluation.values == result.test.values


def test_a_run_starts_where_another_ended(spec: Path, tmp_path: Path) -> None:
    run_one(spec, out=tmp_path / "first")
    spec.write_text(
        NET.replace("RULES", 'init = [from_run("*", "first")]\n  freeze = ["*", "!head"]').replace(
            "epochs = 2", "epochs = 1"
        )
    )
    result = run_one(spec, out=tmp_path / "second")
    before, after = weights(tmp_path / "first"), weights(tmp_path / "second")
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"head.weight", "head.bias"}
    assert result.loaded[0].note.startswith("first, epoch-0002")


def test_the_weights_that_a_run_ended_with_are_those_of_its_best_epoch_if_it_restored_them(tmp_path: Path) -> None:
    spec = tmp_path / "net.net"
    stop = "stop = early_stopping(monitor=validation.loss, patience=1 epochs, restore_best=true)"
    text = NET.replace("RULES", stop).replace("epochs = 2", "optimizer = adam(lr=0.1)\n  epochs = 6")
    spec.write_text(text.replace("batch_size", "validation = 30%, batch_size"))
    result = run_one(spec, out=tmp_path / "first")
    assert result.restored is not None
    spec.write_text(NET.replace("RULES", 'init = [from_run("*", "first")]'))
    program = api.check(spec)
    assert program.weights[0].file.note == f"first, epoch-{result.restored:04d}"


def test_a_run_whose_weights_were_changed_afterwards_is_refused(spec: Path, tmp_path: Path) -> None:
    run_one(spec, out=tmp_path / "first")
    (path,) = (tmp_path / "first").glob("checkpoints/epoch-0002/model.safetensors")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    spec.write_text(NET.replace("RULES", 'init = [from_run("*", "first")]'))
    with pytest.raises(NetspecError, match="isn't what it was when it was checked or saved"):
        run_one(spec, out=tmp_path / "second")
    assert not (tmp_path / "second").exists()
