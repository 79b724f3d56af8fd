"""A run that is halted anywhere and resumed ends with the bits of the run that wasn't."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import torch

from netspec import api
from netspec.checker import check_file, check_source, saved_program
from netspec.interruption import StopRequest
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.events import Event, Started
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.runner.uses.verify_resume import StopAfter, final_state, run_through
from netspec.source import Source

CPU = torch.device("cpu")

IMAGES = (
    "data { source = synthetic(image=[3, 8, 8], classes=3, samples=150), validation = 20%, batch_size = 16 AUGMENT }"
)
NETWORK = "model { conv(4, 3) -> batch_norm -> relu -> dropout(0.3) -> global_avg_pool -> flatten -> linear(3) }"


def spec(train: str, *, augment: str = "", data: str = IMAGES, model: str = NETWORK) -> str:
    return (
        f"{data.replace('AUGMENT', augment and f', augment = {augment}')}\n{model}\ntrain {{ epochs = 3\n {train} }}\n"
    )


SPECS = {
    "plain": spec("optimizer = sgd(lr=0.1)"),
    "adam": spec("optimizer = adamw(lr=1e-2, weight_decay=0.1)"),
    "momentum and groups": spec('optimizer = sgd(lr=0.1, momentum=0.9, groups=[group("*:bias", lr=0.01)])'),
    "two optimizers": spec('optimizer = muon(lr=0.02, groups=[group(["*:bias", "0", "1"], optimizer=adamw)])'),
    "evaluated again": spec("optimizer = lbfgs(max_iter=4, history_size=3)"),
    "augmented": spec("", augment="random_crop(8, padding=2) -> random_horizontal_flip"),
    "augmented ahead": spec(
        "",
        augment="random_crop(8, padding=2) -> random_horizontal_flip",
        data=IMAGES.replace("AUGMENT", "AUGMENT, workers = 2"),
    ),
    "scheduled": spec("schedule = warmup(5 steps) -> cosine\n clip = clip_norm(1)"),
    "cycled": spec("optimizer = adamw(lr=1e-2)\n schedule = one_cycle"),
    "on a plateau": spec("schedule = warmup(4 steps) -> plateau(factor=0.5, patience=none, threshold=1)"),
    "stopping": spec("stop = early_stopping(patience=1 epoch, min_delta=0.05)\n checkpoint = every(1 epoch, keep=1)"),
    "averaged": spec("average = ema(0.9)"),
    "averaged at the end": spec("average = swa(start=40%)"),
    "accumulated": spec("accumulate = 3\n penalties = [l1(1e-3)]\n constraints = [max_norm(2)]"),
    "mixed": spec("mix = [mixup(0.4), cutmix]\n noise = gradient_noise(1e-3)"),
    "in bfloat16": spec("precision = bfloat16"),
    "saved often": spec("checkpoint = every(2 steps, keep=2)\n on_nan = skip"),
    "a fold": spec("seed = 3", data=IMAGES.replace("20%", "kfold(4, fold=2)")),
    "a table": spec(
        "",
        data="data { source = synthetic(features=6, classes=2, samples=120), transform = standardize(measured) }",
        model="model { linear(8) -> tanh -> dropout(0.5) -> linear(2) }",
    ),
}


def program(text: str) -> Program:
    return check_source(Source("spec.net", text, Path("spec.net").resolve())).require()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The uninterrupted runs."""
    folder = tmp_path_factory.mktemp("whole")
    for name, text in SPECS.items():
        run_through(program(text), folder / name, CPU)
    return {name: folder / name for name in SPECS}


def test_the_number_of_threads_that_make_batches_changes_no_bit(whole: dict[str, Path]):
    weights = [dict(final_state(whole[name]))["model.safetensors"] for name in ("augmented", "augmented ahead")]
    assert weights[0] == weights[1]


@pytest.mark.parametrize("name", SPECS)
def test_it_ends_with_the_same_bits_wherever_it_is_halted(
    name: str, whole: dict[str, Path], tmp_path: Path, thoroughness: int
):
    expected = dict(final_state(whole[name]))
    chance = Random(name)
    for number in range(3 * thoroughness):
        folder = tmp_path / str(number)
        steps = sorted(chance.sample(range(1, 18), chance.choice((1, 1, 2))))
        for at in steps:
            run_through(program(SPECS[name]), folder, CPU, at)
        run_through(program(SPECS[name]), folder, CPU)
        found = dict(final_state(folder))
        assert [part for part in expected if found.get(part) != expected[part]] == [], steps


def events_of(folder: Path, text: str, *, resume: bool, request: StopRequest | None = None) -> list[Event]:
    with RunFolder(folder, resume=resume) as locked:
        if not resume:
            locked.write_spec(program(text))
        return list(train(program(text), locked, CPU, resume=resume, request=request))


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_taken(tmp_path: Path, whole: dict[str, Path]):
    folder = tmp_path / "run"
    run_through(program(SPECS["plain"]), folder, CPU, 20)
    newest = last_checkpoint(folder / "checkpoints")
    assert newest is not None
    (newest / "model.safetensors").write_bytes(b"")
    with RunFolder(folder, resume=True) as locked:
        started = next(train(program(SPECS["plain"]), locked, CPU, resume=True))
    assert isinstance(started, Started)
    assert started.resumed is not None
    (damage,) = started.resumed.damages
    assert newest.name in damage
    assert not newest.exists()
    run_through(program(SPECS["plain"]), folder, CPU)
    assert dict(final_state(folder)) == dict(final_state(whole["plain"]))


def test_a_file_in_the_place_of_a_newer_checkpoint_is_named_and_goes(tmp_path: Path, whole: dict[str, Path]):
    folder = tmp_path / "run"
    run_through(program(SPECS["plain"]), folder, CPU, 20)
    stray = folder / "checkpoints/epoch-0099"
    stray.write_text("no checkpoint")
    with RunFolder(folder, resume=True) as locked:
        started = next(train(program(SPECS["plain"]), locked, CPU, resume=True))
    assert isinstance(started, Started)
    assert started.resumed is not None
    (damage,) = started.resumed.damages
    assert stray.name in damage
    assert not stray.exists()
    run_through(program(SPECS["plain"]), folder, CPU)
    assert dict(final_state(folder)) == dict(final_state(whole["plain"]))


def test_with_no_whole_checkpoint_it_says_so_and_keeps_what_is_there(tmp_path: Path):
    folder = tmp_path / "run"
    run_through(program(SPECS["plain"]), folder, CPU, 5)
    newest = last_checkpoint(folder / "checkpoints")
    assert newest is not None
    (newest / "MANIFEST.json").unlink()
    with pytest.raises(NetspecError, match="is damaged: MANIFEST"):
        run_through(program(SPECS["plain"]), folder, CPU)
    assert newest.exists()


def test_before_the_first_checkpoint_it_begins_again(tmp_path: Path, whole: dict[str, Path]):
    folder = tmp_path / "run"
    folder.mkdir()
    run_through(program(SPECS["plain"]), folder, CPU)
    assert dict(final_state(folder)) == dict(final_state(whole["plain"]))


def test_other_data_is_refused(tmp_path: Path):
    folder, text = tmp_path / "run", SPECS["plain"]
    run_through(program(text), folder, CPU, 5)
    with pytest.raises(NetspecError, match="the data isn't what the run began with"):
        run_through(program(text.replace("samples=150", "samples=151")), folder, CPU)


def test_what_may_change_the_bits_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, before = tmp_path / "run", torch.get_num_threads()
    monkeypatch.setattr("netspec.runner.machine.device.processors", lambda: 2)  # a run takes no more threads than these
    try:
        torch.set_num_threads(1)
        run_through(program(SPECS["plain"]), folder, CPU, 5)
        torch.set_num_threads(2)
        with RunFolder(folder, resume=True) as locked:
            started = next(train(program(SPECS["plain"]), locked, CPU, resume=True))
    finally:
        torch.set_num_threads(before)
    assert isinstance(started, Started)
    assert started.resumed is not None
    assert started.resumed.differences == ("threads is 2, and was 1",)


def test_the_metrics_log_goes_on_where_the_checkpoint_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("a.net").write_text(SPECS["plain"])
    with pytest.raises(KeyboardInterrupt):
        request = StopAfter(12)
        request.error = KeyboardInterrupt
        api.run("a.net", out="run", request=request)
    log = Path("run/metrics.jsonl")
    log.write_text(log.read_text() + '{"epoch": 99}\n{"epo')
    table = Path("run/metrics.csv")
    table.write_text(table.read_text() + "99,0.5\n99")
    api.resume("run")
    assert [json.loads(line)["epoch"] for line in log.read_text().splitlines()] == [1, 2, 3]
    assert [line[:2] for line in table.read_text().splitlines()] == ["ep", "1,", "2,", "3,"]


# ---- the spec that a run keeps ----


def test_a_run_stands_by_itself_when_its_spec_has_changed_or_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("parts").mkdir()
    Path("parts/b.net").write_text("block twice(n) { linear(n) -> relu }\n")
    Path("base.net").write_text(f"{SPECS['a table']}")
    Path("a.net").write_text(
        'extends "base.net"\nfrom "parts/b.net" import twice\nparam n = 4\nmodel { twice(n) -> linear(2) }\n'
    )

    before = check_file(Path("a.net"), {"n": "7"}).require()
    with RunFolder(Path("run")) as folder:
        folder.begin()
        folder.write_spec(before)
    for path in ("a.net", "base.net", "parts/b.net"):
        Path(path).unlink()
    after = saved_program(Path("run"))
    assert after.hash == before.hash
    assert after.name == "a"


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 2}', '{"format": "2"}', '{"format": 2, "name": 1, "text": 2, "path": 3}']
)
def test_what_is_no_run_is_said(tmp_path: Path, text: str):
    (tmp_path / "spec.json").write_text(text)
    with pytest.raises(NetspecError, match="isn't the folder of a run") as error:
        saved_program(tmp_path)
    assert error.value.exit_code == 5
