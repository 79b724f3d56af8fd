"""Stages of runs: what each makes of the network, in its folder, and what is written about it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from netspec import NetspecError, api
from netspec.checker import saved_program
from netspec.experiments import compressing
from netspec.interruption import StopRequest
from netspec.runner.events import EpochEnded, Event, RunResult, StageStarted
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.stage_record import Latency

SPEC = """\
data { source = mnist_sample(), validation = 10%, transform = normalize(measured) }
model {
  stem: conv(8, 3) -> batch_norm -> relu -> max_pool(4)
  flatten -> fc: linear(16) -> relu -> head: linear(10)
}
train { epochs = 2, optimizer = adam(lr=1e-2) }
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run whose spec has no stages."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "a.net").write_text(SPEC)
    api.run(folder / "a.net", out=folder / "run", device="cpu")
    return folder / "run"


def compress(run: Path, stages: str, out: Path, **settings: Any):
    return api.compress(run, stages, out=out, device="cpu", **settings)


def run(spec: Path, folder: Path) -> RunResult:
    result = api.run(spec, out=folder, device="cpu")
    assert isinstance(result, RunResult)
    return result


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return SavedRun.of(folder).network.state_dict()


# ---- pruning ----


def test_filters_are_removed_and_the_network_is_a_new_spec(trained: Path, tmp_path: Path):
    first, second = compress(trained, "prune(50%)", tmp_path)
    program = saved_program(tmp_path / "1-prune")
    sizes = {item.name: item.sizes for item in program.graph.learned}
    assert first.parameters == 4890 > second.parameters == program.graph.parameter_count
    assert sizes["stem.weight"][0] + sizes["fc.weight"][0] == (8 + 16) / 2
    assert second.size < first.size / 1.5
    written = api.check(tmp_path / "1-prune" / "spec.net")
    assert written.graph.parameter_count == second.parameters
    assert written.train.epochs == 2, "it is trained as the other one was"
    assert "groups of channels are removed" in second.notes[0]


def test_a_pruned_network_is_a_run_like_any_other(trained: Path, tmp_path: Path):
    _, record = compress(trained, "prune(25%, by=l2, scope=layer)", tmp_path)
    folder = tmp_path / "1-prune"
    found = api.evaluate(folder, split="test")
    assert found is not None and found.evaluation.values["accuracy"] == record.values["accuracy"]
    assert (folder / "report.html").exists()
    assert api.compare([trained, folder])


@pytest.mark.parametrize("by", ["l1", "l2", "batch_norm", "gradient"])
def test_filters_are_ranked(trained: Path, tmp_path: Path, by: str):
    _, record = compress(trained, f"prune(10%, by={by})", tmp_path)
    assert record.values["accuracy"] > 0.5


def test_what_is_kept_stays(trained: Path, tmp_path: Path):
    compress(trained, 'prune(50%, keep="stem")', tmp_path)
    sizes = {item.name: item.sizes for item in saved_program(tmp_path / "1-prune").graph.learned}
    assert sizes["stem.weight"][0] == 8 and sizes["fc.weight"][0] == 8


def test_the_smallest_weights_become_zero_and_stay_zero_in_training(trained: Path, tmp_path: Path):
    before = weights(trained)
    *_, pruned, tuned = compress(trained, "prune(80%, of=weights) -> finetune(1 epoch)", tmp_path)
    zero, later = weights(tmp_path / "1-prune"), weights(tmp_path / "2-finetune")
    names = [name for name, value in before.items() if value.dim() > 1]
    total = sum(before[name].numel() for name in names)
    assert sum(int((zero[name] == 0).sum()) for name in names) == int(0.8 * total)
    largest = max(float(before[name][zero[name] == 0].abs().max()) for name in names)
    assert all(float(before[name][zero[name] != 0].abs().min()) >= largest for name in names if zero[name].any())
    assert all(bool((later[name][zero[name] == 0] == 0).all()) for name in names)
    assert any(not torch.equal(later[name], zero[name]) for name in names)
    assert pruned.parameters == tuned.parameters == 4890
    assert tuned.values["accuracy"] > pruned.values["accuracy"] - 0.02


def test_weights_of_a_pattern(trained: Path, tmp_path: Path):
    compress(trained, 'prune(of=weights, pattern="2:4", keep="head")', tmp_path)
    state = weights(tmp_path / "1-prune")
    assert ((state["fc.weight"].reshape(16, -1, 4) != 0).sum(-1) <= 2).all()
    assert (state["head.weight"] != 0).all()


def test_weights_become_zero_more_and_more(trained: Path, tmp_path: Path):
    records = compress(trained, "prune(90%, of=weights, over=1 epoch) -> finetune(2 epochs)", tmp_path)
    state = weights(tmp_path / "2-finetune")
    names = [name for name, value in state.items() if value.dim() > 1]
    assert not (tmp_path / "1-prune").exists()
    assert [record.stage for record in records][1:] == ["finetune(2 epochs)"]
    zero = sum(int((state[name] == 0).sum()) for name in names)
    assert zero == int(0.9 * sum(state[name].numel() for name in names))
    assert records[-1].values["accuracy"] > 0.6


# ---- training ----


def test_further_training_begins_where_the_stage_before_ended(trained: Path, tmp_path: Path):
    compress(trained, "finetune(1 epoch, lr=1e-12)", tmp_path)
    before, after = weights(trained), weights(tmp_path / "1-finetune")
    program = saved_program(tmp_path / "1-finetune")
    assert all(torch.allclose(before[item.name], after[item.name]) for item in program.graph.learned)
    assert (program.train.epochs, program.train.optimizer.lr) == (1, 1e-12)


def test_stages_follow_each_other(trained: Path, tmp_path: Path):
    stages = "prune(30%) -> finetune(1 epoch) -> prune(30%) -> finetune(1 epoch)"
    records = compress(trained, stages, tmp_path)
    assert [one.parameters > two.parameters for one, two in pairwise(records)] == [True, False, True, False]
    assert saved_program(tmp_path / "4-finetune").train.epochs == 1


# ---- whole numbers ----


@pytest.mark.parametrize("settings", ["", ", calibrate=100", ", mode=dynamic", ', keep="head"', ", keep=auto(loss=2%)"])
def test_a_network_in_whole_numbers_is_evaluated_as_its_file_computes_it(trained: Path, tmp_path: Path, settings: str):
    first, second = compress(trained, f"quantize(int8{settings})", tmp_path)
    assert abs(first.values["accuracy"] - second.values["accuracy"]) <= 0.02
    assert second.runtime == "ONNX Runtime"
    assert second.size == (tmp_path / "1-quantize" / "int8.onnx").stat().st_size
    assert [item.name for item in (tmp_path / "1-quantize").iterdir()] == ["int8.onnx"]


def test_layers_that_are_kept_are_floating_point(trained: Path, tmp_path: Path):
    import onnx

    compress(trained, 'quantize(int8, keep=["head", "stem"])', tmp_path)
    graph = onnx.load(tmp_path / "1-quantize" / "int8.onnx").graph
    held = {item.name: item.data_type for item in graph.initializer}
    weights = {name for name, kind in held.items() if kind == onnx.TensorProto.INT8 and name.endswith("_quantized")}
    assert len(weights) == 1 and "fc" in next(iter(weights))


def test_all_is_measured(trained: Path, tmp_path: Path):
    for record in compress(trained, "prune(50%) -> quantize(int8)", tmp_path):
        assert [one.batch for one in record.latencies] == [1, 64]
        assert all(0 < one.median <= one.most for one in record.latencies)
        assert list(record.classes) == [str(digit) for digit in range(10)]
        assert set(record.values) >= {"loss", "accuracy", "precision", "recall", "f1"}


def test_a_stage_that_makes_the_network_neither_smaller_nor_faster_is_a_warning(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    same = (Latency(1, 1e-3, 2e-3), Latency(64, 1e-2, 2e-2))
    monkeypatch.setattr(compressing, "latencies", lambda networks, graph: dict.fromkeys(networks, same))
    _, zeros, tuned, fewer = compress(trained, "prune(50%, of=weights) -> finetune(1 epoch) -> prune(50%)", tmp_path)
    assert zeros.troubles == ("`prune` made the network neither smaller nor faster",)
    assert tuned.troubles == fewer.troubles == ()


# ---- runs ----


def test_a_run_goes_through_the_stages_of_its_spec(tmp_path: Path):
    spec = tmp_path / "a.net"
    stages = "compress { stages = prune(50%) -> finetune(1 epoch) -> quantize(int8) }\n"
    promises = "assert compress.accuracy > 10%\nassert compress.size < 1 KiB\n"
    spec.write_text(SPEC + stages + promises)
    result = run(spec, tmp_path / "run")
    names = [record.stage for record in result.stages]
    assert names == ["training", "prune(50%)", "finetune(1 epoch)", "quantize(int8)"]
    assert [record.folder for record in result.stages] == [
        "",
        "stages/1-prune",
        "stages/2-finetune",
        "stages/3-quantize",
    ]
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert [item["stage"] for item in record["stages"]] == names
    assert [item["holds"] for item in record["assertions"]] == [True, False]
    assert "prune(50%)" in (tmp_path / "run" / "report.html").read_text()
    again = api.report(tmp_path / "run", tmp_path / "page.html").read_text()
    assert again == (tmp_path / "run" / "report.html").read_text()
    assert not saved_program(tmp_path / "run" / "stages" / "1-prune").assertions


def test_the_network_that_the_stages_end_with_is_exported(tmp_path: Path):
    spec = tmp_path / "a.net"
    spec.write_text(SPEC + 'compress { stages = prune(50%) }\nexport { safetensors = "a.safetensors" }\n')
    result = run(spec, tmp_path / "run")
    (exported,) = result.exports
    assert exported.agreement == 1
    assert exported.size < result.size


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_run_that_ends_in_a_stage_goes_on_there(tmp_path: Path, epoch: int):
    spec = tmp_path / "a.net"
    spec.write_text(SPEC + "compress { stages = prune(50%) -> finetune(3 epochs) }\n")
    request, seen = StopRequest(), list[Event]()

    def listen(event: Event) -> None:
        seen.append(event)
        tuning = any(isinstance(item, StageStarted) and item.number == 2 for item in seen)
        if tuning and isinstance(event, EpochEnded) and event.epoch == epoch:
            request.error = KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        api.run(spec, out=tmp_path / "run", device="cpu", on_event=listen, request=request)
    assert f"`netspec run --resume {tmp_path / 'run'}` goes on" in str(raised.value.__notes__)
    resumed = api.resume(tmp_path / "run", device="cpu")
    assert isinstance(resumed, RunResult)
    whole = run(spec, tmp_path / "whole")
    for one, other in zip(resumed.stages, whole.stages, strict=True):
        assert (one.values, one.parameters) == (other.values, other.parameters)
    first, second = (weights(tmp_path / name / "stages" / "2-finetune") for name in ("run", "whole"))
    assert all(torch.equal(first[name], second[name]) for name in first)


# ---- what can't be done ----


def test_mistakes_in_the_stages_are_found_before_anything_is_done(trained: Path, tmp_path: Path):
    with pytest.raises(NetspecError, match="selects nothing"):
        compress(trained, 'prune(50%, keep="haed")', tmp_path / "out")
    with pytest.raises(NetspecError, match="all that is asked for"):
        compress(trained, "prune(50%) }\ndata { source = iris() ", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_stages_it_is_said_how_to_write_them(trained: Path):
    with pytest.raises(NetspecError, match="has no section `compress`"):
        api.compress(trained)


def test_other_stages_have_a_folder_of_their_own(trained: Path, tmp_path: Path):
    compress(trained, "prune(50%)", tmp_path / "a")
    before = (tmp_path / "a" / "1-prune" / "run.json").read_bytes()
    with pytest.raises(NetspecError, match=r"has other stages: prune\(50%\)"):
        compress(trained, "prune(60%)", tmp_path / "a")
    assert (tmp_path / "a" / "1-prune" / "run.json").read_bytes() == before
    first = compress(trained, "prune(50%)", tmp_path / "a")
    assert first == compress(trained, "prune(50%)", tmp_path / "a"), "what is over isn't done again"


def test_a_run_that_is_not_finished_is_not_compressed(trained: Path, tmp_path: Path):
    with pytest.raises(NetspecError, match="there is no"):
        api.compress(tmp_path, "prune(50%)")
