"""Trials of a process prepare the data that they share once, and end with the same bits as each on its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from netspec import api
from netspec.data.prepare import PreparedData, RawSplits, load_splits, prepare
from netspec.data.shared import Shared, prepare_shared
from netspec.program.program import Program
from netspec.runner.train import taught_samples as taught
from netspec.runner.train import training
from netspec.runner.train.feed import Feed
from tests.experiments.conftest import changed, values

CPU = torch.device("cpu")
ALL = 2**40


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes of the programs whose data was loaded."""
    found: list[str] = []

    def load(program: Program) -> RawSplits:
        found.append(program.hash)
        return load_splits(program)

    monkeypatch.setattr(training, "load_splits", load)
    return found


def prepared(program: Program, store: Shared, loads: list[str] | None = None) -> PreparedData:
    """A program's data in a training that shares it; `loads` gets the hash of the program if it is loaded for it."""

    def load() -> RawSplits:
        (loads if loads is not None else []).append(program.hash)
        return load_splits(program)

    store.begin()
    return prepare_shared(program, CPU, None, store, load)


def test_a_study_loads_its_data_once(spec: Path, loads: list[str]) -> None:
    changed(spec, ("random(trials=4)", "grid()"), ("lr    = 1e-2 in log(1e-3, 1e-1)", "lr    = 1e-2 in [1e-2, 1e-1]"))
    study = api.search(spec, out="study", device="cpu")
    assert (len(study.history.trials), len(loads)) == (6, 1)


def test_a_param_of_the_data_has_data_of_its_own_and_the_batch_size_has_not(spec: Path) -> None:
    spec.write_text(spec.read_text().partition("search")[0])
    changed(
        spec,
        ("validation = 20%", "validation = part, batch_size = width"),
        ("linear(width)", "linear(8)"),
        ("data {", "param part = 20%\ndata {"),
    )
    programs = [api.check(spec, {"width": width, "part": part}) for part in ("20%", "40%") for width in ("8", "16")]
    store, loads = Shared(ALL), list[str]()
    sizes = [len(prepared(program, store, loads).training.targets) for program in programs]
    assert (sizes, len(loads)) == ([96, 96, 72, 72], 2)


@pytest.mark.parametrize("validation", ["20%", "kfold(2)"])
@pytest.mark.parametrize(
    "more", ["", ", transform = standardize", ", test = 30%", ", split_seed = 3", ", sample = 60%"]
)
def test_shared_data_is_equal_to_data_of_its_own(spec: Path, validation: str, more: str) -> None:
    changed(spec, ("validation = 20%, test = 20%", f"validation = {validation}, batch_size = width"))
    if more:
        changed(spec, ("batch_size = width", f"batch_size = width{more}"))
    store = Shared(ALL)
    for width in ("8", "16"):
        program = api.check(spec, {"width": width})
        alone, found = prepare(program, CPU), prepared(program, store)
        assert found.program.hash == alone.program.hash and found.data_record == alone.data_record
        assert found.classes == alone.classes and found.steps == alone.steps
        for name in ("train", "validation", "test"):
            mine, its = alone.split(name), found.split(name)
            assert (mine is None) is (its is None)
            if mine is not None and its is not None:
                assert all(map(torch.equal, (*mine.inputs, mine.targets), (*its.inputs, its.targets)))


def ensure_as_alone(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that a search has the same journal and the same weights with and without what its trials share."""
    found = api.search(spec, out="shared", device="cpu")
    with monkeypatch.context() as patched:
        patched.setattr(Shared, "get", lambda self, kind, basis, make: make())
        alone = api.search(spec, out="alone", device="cpu")
    assert values(found.history) == values(alone.history)
    files = [path for path in sorted(Path("shared").rglob("*")) if path.suffix == ".safetensors"]
    assert files and len({path.read_bytes() for path in files}) > 1
    for path in (Path("shared/journal.jsonl"), *files):
        assert path.read_bytes() == Path("alone", *path.parts[1:]).read_bytes(), path
    for path in Path("shared").rglob("metrics.jsonl"):  # all trials have them
        assert measured(path) == measured(Path("alone", *path.parts[1:])), path


def measured(path: Path) -> list[dict[str, float]]:
    """What a run measured in each epoch without a clock."""
    rows = map(json.loads, path.read_text().splitlines())
    return [{name: value for name, value in row.items() if "seconds" not in name} for row in rows]


def test_a_study_with_augmentation_has_the_values_of_one_that_shares_nothing(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(
        spec,
        ("iris()", "synthetic(image=[1, 4, 4], classes=3, samples=120)"),
        ("test = 20% }", "transform = normalize(mean=[0.5], std=[0.5]), augment = random_horizontal_flip }"),
        ("linear(width) ->", "flatten -> linear(width) ->"),
    )
    ensure_as_alone(spec, monkeypatch)


def test_what_is_kept_is_bounded_and_what_a_training_uses_stays(spec: Path) -> None:
    def program(seed: int) -> Program:
        found = api.check(spec)
        return found.with_sections(found.train.model_copy(update={"seed": seed}))

    store, loads = Shared(0), list[str]()
    for seed in (0, 0, 1, 1, 0):
        prepared(program(seed), store, loads)
    assert len(loads) == 3, "with no room the newest alone is kept"
    store, loads = Shared(most := 2 * store.size), list[str]()
    for seed in (0, 1, 0, 2, 0, 1):
        prepared(program(seed), store, loads)
        assert 0 < store.size <= most
    assert len(loads) == 4, "what wasn't used for the longest time goes first"


class Thing:
    def __init__(self, size: int) -> None:
        self.size = size


def test_of_each_kind_a_training_has_one_thing_at_a_time_which_stays_while_it_is_used() -> None:
    store = Shared(100)
    made: list[tuple[str, int]] = []

    def take(kind: str, number: int, size: int) -> None:
        def make() -> Thing:
            made.append((kind, number))
            return Thing(size)

        store.get(kind, lambda: number, make)

    store.begin()
    take("data", 1, 90)
    take("features", 1, 80)
    take("features", 2, 80)
    assert store.size == 170, "the features of the stage before went, and the data is used"
    take("data", 1, 90)
    assert len(made) == 3
    store.begin()
    take("data", 2, 10)
    assert store.size <= 100, "what nobody uses any more stays only where it fits"
    take("data", 2, 10)
    assert len(made) == 4


# ---- what is made of the data ----

IMAGES = "synthetic(image=[1, 4, 4], classes=3, samples=120), batch_size = 16"
BODY = "body: { conv(4, 3, padding=1) -> batch_norm -> relu -> conv(4, 3) } -> flatten -> dropout(0.2) -> "


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was computed for all samples."""
    found: list[str] = []
    compute, teach = Feed._computed, taught.TeacherNetwork.of

    def computed(self: Feed, features: Any) -> Any:
        found.append("features")
        return compute(self, features)

    def taught_by(*arguments: Any) -> Any:
        found.append("teacher")
        return teach(*arguments)

    monkeypatch.setattr(Feed, "_computed", computed)
    monkeypatch.setattr(taught.TeacherNetwork, "of", taught_by)
    return found


def frozen(spec: Path, freeze: str = '"body"', more: str = "") -> Path:
    return changed(
        spec,
        ("iris(), validation = 20%, test = 20%", f"{IMAGES}, validation = 20%{more}"),
        ("linear(width) ->", f"{BODY} linear(width) ->"),
        ("optimizer =", f"freeze = {freeze}, optimizer ="),
    )


def test_a_study_computes_the_features_of_a_frozen_body_once(
    spec: Path, passes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.search(frozen(spec), out="study", device="cpu")
    assert passes == ["features"]
    ensure_as_alone(spec, monkeypatch)
    assert passes.count("features") == 1 + 1 + 4


@pytest.mark.parametrize(
    ("freeze", "more", "param"),
    [
        ('[freeze("body.3", until=7 steps), freeze("body", until=2 epochs)]', "", ""),
        ('"body"', ", transform = normalize(measured)", ""),
        ('"body"', "", "batch"),
        ('"body"', ", split_seed = 3", "seed"),
        ('"body"', "", "dilation"),
    ],
)
def test_features_are_shared_only_where_they_are_the_same(
    spec: Path, monkeypatch: pytest.MonkeyPatch, passes: list[str], freeze: str, more: str, param: str
) -> None:
    frozen(spec, freeze, more)
    changed(spec, ("param width = 8    in [4, 8, 16]", "param width = 2    in [1, 2, 3]"))
    changed(spec, ("linear(width) ->", "linear(8) ->"))
    match param:
        case "batch":
            changed(spec, ("batch_size = 16", "batch_size = 8 * width"))
        case "seed":
            changed(spec, ("epochs = 3", "epochs = 3, seed = width"))
        case "dilation":
            changed(spec, ("conv(4, 3, padding=1)", "conv(4, 3, padding=width, dilation=width)"))
        case _:
            changed(spec, ("linear(8)", "linear(width)"))
    ensure_as_alone(spec, monkeypatch)


SOFT = 'distillation(teacher=from_run("teacher"), temperature=3)'


def learning(spec: Path, more: str = "", loss: str = SOFT) -> Path:
    """The spec whose network learns from another run, as much as `lr` says."""
    changed(spec, ("iris(), validation = 20%, test = 20%", f"{IMAGES}, validation = 20%{more}"))
    changed(spec, ("linear(width) ->", "flatten -> one: linear(width) -> relu -> two: linear(8) ->"))
    teacher = spec.with_name("teacher.net")
    teacher.write_text(spec.read_text().partition("search")[0])
    api.run(teacher, out="teacher", device="cpu")
    return changed(spec, ("optimizer =", f"loss = cross_entropy + lr * {loss}, optimizer ="))


@pytest.mark.parametrize("more", ["", ", augment = random_horizontal_flip", ", transform = normalize(measured)"])
def test_a_study_asks_its_teacher_once(
    spec: Path, passes: list[str], loads: list[str], monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    learning(spec, more)
    loads.clear()
    api.search(spec, out="study", device="cpu")
    assert (passes, len(loads)) == (["teacher"], 1)
    ensure_as_alone(spec, monkeypatch)


def test_a_student_with_other_data_than_its_teacher_has_samples_of_its_own(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning(spec)
    changed(spec, ("batch_size = 16", "batch_size = 16, transform = normalize(mean=[0.25], std=[0.5])"))
    ensure_as_alone(spec, monkeypatch)


def test_what_is_learned_from_a_teacher_is_shared_only_where_it_is_the_same(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning(spec, loss='feature_distillation("one", like=value, teacher=from_run("teacher"))')
    changed(spec, ("linear(width)", "linear(8)"))
    changed(spec, ("param width = 8    in [4, 8, 16]", 'param value = "one" in ["one", "two"]'))
    ensure_as_alone(spec, monkeypatch)
