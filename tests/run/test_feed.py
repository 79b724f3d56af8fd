"""What frozen layers give is computed once for each sample, and nobody sees it in the results."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from netspec.builder import build
from netspec.memory import OutOfSpace
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.events import Finished, RunResult
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.train import stored as module
from netspec.runner.train.loop import train
from netspec.runner.train.training import Training
from netspec.runner.uses.verify_resume import final_state, run_through
from tests.run.hand import CPU
from tests.specs import check

IMAGES = "data { source = synthetic(image=[2, 8, 8], classes=3, samples=160), validation = 20, batch_size = 16 }"
WORDS = (
    "data { source = synthetic(tokens=12, vocabulary=20, classes=3, samples=160), validation = 20, batch_size = 16 }"
)
FOLD = IMAGES.replace("20,", "kfold(3, fold=2),")
MODEL = """model {
  body: { conv(8, 3, padding=1) -> batch_norm -> relu -> max_pool(2) -> conv(8, 3) -> batch_norm }
  tail: { conv(4, 2) -> batch_norm -> relu -> dropout(0.3) }
  flatten -> head: linear(3)
}"""
BRANCHES = """model {
  x = input
  scale: parameter([8, 1, 1], value=2)
  a = body: { conv(8, 3, padding=1) -> relu }
  b = a * scale -> dropout_channels(0.3) -> conv(8, 1)
  c = concat(b, a, x)
  c -> global_avg_pool -> flatten -> head: linear(3)
}"""
READER = """model {
  body: { embedding(20, 8) -> lstm(8) }
  dropout(0.3) -> flatten -> head: linear(3)
}"""
SPECS = {
    "frozen for good": (IMAGES, MODEL, 'freeze = "body"'),
    "frozen for a while": (IMAGES, MODEL, 'freeze = freeze("body", until=3 epochs)'),
    "thawed within an epoch": (
        IMAGES,
        MODEL,
        'freeze = [freeze("body.4", until=17 steps), freeze("body", until=4 epochs)]',
    ),
    "branches": (IMAGES, BRANCHES, 'freeze = ["body", "scale"]'),
    "words": (WORDS, READER, 'freeze = "body"'),
    "a fold": (FOLD, MODEL, 'freeze = "body"\n accumulate = 3'),
    "averaged": (IMAGES, MODEL, 'freeze = "body"\n average = ema(0.9)'),
    "averaged later": (IMAGES, MODEL, 'freeze = "body"\n average = swa(start=40%)'),
    "evaluated again": (IMAGES, MODEL, 'freeze = "body"\n optimizer = lbfgs(max_iter=3, history_size=3, lr=0.1)'),
    "in bfloat16": (IMAGES, MODEL, 'freeze = "body"\n precision = bfloat16'),
}


def program(name: str, *, keep: bool = True) -> Program:
    data, model, settings = SPECS[name]
    return check(f"{data}\n{model}\ntrain {{ epochs = 5, {settings}\n keep_features = {str(keep).lower()} }}").require()


def run(spec: Program, folder: Path) -> tuple[dict[str, Tensor], RunResult]:
    with RunFolder(folder) as locked:
        *_, last = train(spec, locked, CPU)
    assert isinstance(last, Finished)
    return load_weights(folder / "checkpoints" / "epoch-0005"), last.result


def training(spec: Program, folder: Path) -> Training:
    with RunFolder(folder) as locked:
        return Training.of(spec, locked, CPU)


@pytest.mark.parametrize("name", SPECS)
def test_the_results_are_those_of_computing_them_anew(name: str, tmp_path: Path) -> None:
    kept, fed = run(program(name), tmp_path / "kept")
    expected, anew = run(program(name, keep=False), tmp_path / "anew")
    # the results of torch for a sample differ by this much from batch to batch; bfloat16 has 8 bits
    tolerance = 2e-2 if name == "in bfloat16" else 1e-4
    for key, value in expected.items():
        torch.testing.assert_close(kept[key], value, rtol=tolerance, atol=tolerance)
    for mine, its in zip(fed.history, anew.history, strict=True):
        for key in ("train.loss", "validation.loss"):
            assert mine[key] == pytest.approx(its[key], rel=tolerance)
    first = build(program(name)).state_dict()
    frozen = [key for key in first if key.startswith("body") and "until" not in SPECS[name][2]]
    assert all(torch.equal(kept[key], first[key]) for key in frozen)


@pytest.mark.parametrize("name", ["frozen for good", "branches", "words", "in bfloat16"])
def test_validation_is_the_same_to_the_bit(name: str, tmp_path: Path) -> None:
    spec = training(program(name), tmp_path / "run")
    anew = spec.evaluate("validation", final=False).values
    next(spec.batches(1))
    assert spec.feed.features is not None
    assert spec.evaluate("validation", final=False).values == anew


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("halts", [(2,), (16, 17, 18), (9, 22)], ids=str)
def test_a_run_that_is_halted_and_resumed_ends_with_the_same_bits(
    name: str, halts: tuple[int, ...], tmp_path: Path, whole: dict[str, Path]
) -> None:
    for step in halts:
        run_through(program(name), tmp_path, CPU, step)
    run_through(program(name), tmp_path, CPU)
    expected, found = dict(final_state(whole[name])), dict(final_state(tmp_path))
    assert [part for part in expected if found.get(part) != expected[part]] == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The uninterrupted runs."""
    folder = tmp_path_factory.mktemp("whole")
    for name in SPECS:
        run_through(program(name), folder / name, CPU)
    return {name: folder / name for name in SPECS}


def test_a_frozen_layer_sees_each_sample_once(tmp_path: Path) -> None:
    spec = training(program("frozen for good"), tmp_path / "run")
    seen: list[int] = []
    spec.network.get_submodule("body.0").register_forward_hook(lambda module, inputs, _: seen.append(len(inputs[0])))
    for epoch in (1, 2, 3):
        for inputs, _ in spec.batches(epoch):
            spec.feed.output(spec.network, *inputs)
        spec.evaluate("validation", final=False)
    assert sum(seen) == spec.data.size("train") + spec.data.size("validation")


def test_features_that_no_disk_has_room_for_are_computed_anew_and_the_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutOfSpace("3.0 GiB don't fit into the memory")

    monkeypatch.setattr(module, "allocate", full)
    kept, result = run(program("frozen for good"), tmp_path / "full")
    assert result.notes == ("frozen layers were computed anew in each epoch: 3.0 GiB don't fit into the memory",)
    monkeypatch.undo()
    expected, _ = run(program("frozen for good", keep=False), tmp_path / "anew")
    assert all(torch.equal(kept[key], expected[key]) for key in expected)


def test_a_layer_that_overflows_is_named_where_frozen_ones_before_it_are_kept(tmp_path: Path) -> None:
    data, model, _ = SPECS["frozen for good"]
    settings = 'optimizer = sgd(lr=1e30), epochs = 5, freeze = "body"'
    spec = check(f"{data}\n{model}\ntrain {{ {settings} }}".replace("-> head", "-> exp -> head")).require()
    with pytest.raises(NetspecError, match="the training loss isn't finite in epoch 1, batch 2") as caught:
        run(spec, tmp_path / "run")
    assert "`3` gives numbers that aren't finite" in caught.value.diagnostics[0].notes
