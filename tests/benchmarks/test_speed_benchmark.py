"""The works of the speed benchmark: the network by hand is that of the spec, and all get the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.speed import by_sample, in_memory
from benchmarks.speed.data.mnist import Mnist
from benchmarks.speed.data.photographs import Photographs
from benchmarks.speed.data.pictures import Pictures
from benchmarks.speed.data.table import Table
from benchmarks.speed.measured import Clock, heard
from benchmarks.speed.work import WORKS, work_named
from netspec import api
from netspec.checker import check_file
from netspec.program.program import Program
from tests.runs import run_one

MADE = [name for name in WORKS if not isinstance(work_named(name).data, Mnist)]
IN_MEMORY = [name for name in MADE if work_named(name).data.fits]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for data in (Pictures(), Photographs(), Table()):
        data.make(data.path(folder), train=40, test=20)
    return folder


def program(name: str, folder: Path) -> Program:
    work = work_named(name)
    params = work.params(folder, epochs=2, seed=1)
    return check_file(work.spec, params | {"samples": "20"} if "samples" in params else params).require()


@pytest.mark.parametrize("name", WORKS)
def test_the_network_by_hand_is_that_of_the_spec(name: str, folder: Path):
    checked = program(name, folder)
    assert (checked.train.epochs, checked.train.seed) == (2, 1)
    assert checked.data.batch_size == work_named(name).batch_size
    built, by_hand = api.build(checked), work_named(name).network()
    assert [value.shape for value in built.parameters()] == [value.shape for value in by_hand.parameters()]


@pytest.mark.parametrize("name", MADE)
def test_netspec_runs_a_work(name: str, folder: Path, tmp_path: Path):
    result = run_one(program(name, folder), out=tmp_path / "run", device="cpu")
    assert result.test is not None
    assert len(result.history) == 2


@pytest.mark.parametrize("name", MADE)
def test_the_script_gets_batches_for_its_network(name: str, folder: Path):
    work = work_named(name)
    torch.manual_seed(0)
    splits: list[Any] = [*by_sample.data_sets(work, folder)]
    assert [len(samples) for samples in splits] == [36, 4, 20]
    inputs, _ = splits[0][0]
    assert work.network()(inputs[None]).shape == (1, work.classes)


@pytest.mark.parametrize("name", IN_MEMORY)
def test_the_same_samples_are_in_memory(name: str, folder: Path):
    work = work_named(name)
    in_turn = []
    for read in (by_sample.data_sets, in_memory.normalised):
        torch.manual_seed(0)
        in_turn.append(read(work, folder))
    (_, *one), (_, *other) = in_turn
    for samples, (inputs, classes) in zip(one, other, strict=True):
        torch.testing.assert_close(torch.stack([sample for sample, _ in samples]), inputs)
        assert [int(number) for _, number in samples] == classes.tolist()


@pytest.mark.parametrize("name", IN_MEMORY)
def test_the_best_loop_gets_batches_for_its_network(name: str, folder: Path):
    work = work_named(name)
    (inputs, _), _, _ = in_memory.divided(work, folder)
    batch = work.batch(work.prepared(inputs)[:8])
    assert work.network()(batch).shape == (8, work.classes)


def test_augmented_by_the_best_loop_pictures_are_those_of_before_where_nothing_is_drawn(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    work = work_named("gap_cnn_augmented")
    images, _ = work.data.read(folder, "train")
    monkeypatch.setattr(torch, "randint", lambda high, size: torch.full(size, 4))
    monkeypatch.setattr(torch, "rand", lambda *size: torch.full(size, 0.5))
    torch.testing.assert_close(work.batch(work.prepared(images)), work.data.normalised(images))


def test_what_is_said_is_heard(capsys: pytest.CaptureFixture[str]):
    clock = Clock()
    for _ in range(2):
        with clock.training():
            pass
        clock.epoch_over()
    clock.say(0.5)
    measured = heard(capsys.readouterr().out)
    assert len(measured.epochs) == 2
    assert (measured.first, measured.accuracy) == (clock.first, 0.5)
