"""Trials of a process prepare the data that they share once, and end with the same bits as each on its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from netspec import api
from netspec.data import shared
from netspec.data.prepare import load_splits, prepare
from netspec.data.shared import SharedData
from netspec.program.program import Program
from tests.experiments.conftest import changed, values

CPU = torch.device("cpu")
ALL = 2**40


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes of the programs whose data was loaded."""
    found: list[str] = []

    def load(program: Program):
        found.append(program.hash)
        return load_splits(program)

    monkeypatch.setattr(shared, "load_splits", load)
    return found


def test_a_study_loads_its_data_once(spec: Path, loads: list[str]) -> None:
    changed(spec, ("random(trials=4)", "grid()"), ("lr    = 1e-2 in log(1e-3, 1e-1)", "lr    = 1e-2 in [1e-2, 1e-1]"))
    study = api.search(spec, out="study", device="cpu")
    assert (len(study.history.trials), len(loads)) == (6, 1)


def test_a_param_of_the_data_has_data_of_its_own_and_the_batch_size_has_not(spec: Path, loads: list[str]) -> None:
    spec.write_text(spec.read_text().partition("search")[0])
    changed(
        spec,
        ("validation = 20%", "validation = part, batch_size = width"),
        ("linear(width)", "linear(8)"),
        ("data {", "param part = 20%\ndata {"),
    )
    programs = [api.check(spec, {"width": width, "part": part}) for part in ("20%", "40%") for width in ("8", "16")]
    store = SharedData(ALL)
    sizes = [len(store.prepare(program, CPU).training.targets) for program in programs]
    assert (sizes, len(loads)) == ([96, 96, 72, 72], 2)


@pytest.mark.parametrize("validation", ["20%", "kfold(2)"])
@pytest.mark.parametrize(
    "more", ["", ", transform = standardize", ", test = 30%", ", split_seed = 3", ", sample = 60%"]
)
def test_shared_data_is_equal_to_data_of_its_own(spec: Path, validation: str, more: str) -> None:
    changed(spec, ("validation = 20%, test = 20%", f"validation = {validation}, batch_size = width"))
    if more:
        changed(spec, ("batch_size = width", f"batch_size = width{more}"))
    store = SharedData(ALL)
    for width in ("8", "16"):
        program = api.check(spec, {"width": width})
        alone, found = prepare(program, CPU), store.prepare(program, CPU)
        assert found.program.hash == alone.program.hash and found.data_record == alone.data_record
        assert found.classes == alone.classes and found.steps == alone.steps
        for name in ("train", "validation", "test"):
            mine, its = alone.split(name), found.split(name)
            assert (mine is None) is (its is None)
            if mine is not None and its is not None:
                assert all(map(torch.equal, (*mine.inputs, mine.targets), (*its.inputs, its.targets)))


def test_a_study_with_augmentation_has_the_values_of_one_that_shares_nothing(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(
        spec,
        ("iris()", "synthetic(image=[1, 4, 4], classes=3, samples=120)"),
        ("test = 20% }", "transform = normalize(mean=[0.5], std=[0.5]), augment = random_horizontal_flip }"),
        ("linear(width) ->", "flatten -> linear(width) ->"),
    )
    found = api.search(spec, out="shared", device="cpu")
    prepared: Callable[..., object] = lambda self, program, device, spare: prepare(program, device, spare)  # noqa: E731
    monkeypatch.setattr(SharedData, "prepare", prepared)
    alone = api.search(spec, out="alone", device="cpu")
    assert values(found.history) == values(alone.history)
    assert Path("shared/journal.jsonl").read_bytes() == Path("alone/journal.jsonl").read_bytes()


def test_what_is_kept_is_bounded_and_the_newest_stays(spec: Path, loads: list[str]) -> None:
    def program(seed: int) -> Program:
        found = api.check(spec)
        return found.with_sections(found.train.model_copy(update={"seed": seed}))

    store = SharedData(0)
    for seed in (0, 0, 1, 1, 0):
        store.prepare(program(seed), CPU)
    assert len(loads) == 3, "with no room the newest alone is kept"
    (kept,) = store._kept.values()
    store = SharedData(2 * kept.size)
    loads.clear()
    for seed in (0, 1, 0, 2, 0, 1):
        store.prepare(program(seed), CPU)
        assert sum(kept.size for kept in store._kept.values()) <= store.most
    assert len(loads) == 4, "what wasn't used for the longest time goes first"
