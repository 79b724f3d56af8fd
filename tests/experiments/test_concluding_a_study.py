"""What a study comes to: the best setting as a spec, the best trials confirmed, and little on the disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from netspec import api
from netspec.experiments import best as written_best
from netspec.experiments import confirming
from netspec.problems import NetspecError
from netspec.program.plan import make_plan
from netspec.runner.store import checkpoint
from netspec.runner.uses.saved_run import SavedRun
from tests.experiments.conftest import changed, value_of, values
from tests.runs import run_one

TABLE = "x,y,kind\n" + "".join(f"{n % 7},{n % 5},{'ab'[n % 2]}\n" for n in range(60))


# ---- best.net ----


def test_the_best_setting_is_a_spec_that_extends_the_one_that_was_searched(spec: Path) -> None:
    Path("specs").mkdir()
    spec = spec.rename("specs/a.net")
    study = api.search(spec, out="studies/first", device="cpu")
    best = study.best
    assert (
        best is not None and study.spec is not None and study.spec == Path("studies/first/best.net") and study.in_place
    )
    text = study.spec.read_text()
    assert 'extends "../../specs/a.net"' in text and api.fmt(study.spec) == text
    program = api.check(study.spec)
    assert {name: program.params[name] for name in best.params} == {
        "width": str(best.params["width"]),
        "lr": repr(best.params["lr"]),
    }
    alone = run_one(study.spec, out="run", device="cpu")
    assert alone.history[-1]["validation.accuracy"] == value_of(best)[0]


def test_it_has_the_params_that_were_set_from_outside(spec: Path) -> None:
    changed(spec, ("epochs = 3", "epochs = long"), ("data {", "param long = 3\ndata {"))
    study = api.search(api.check(spec, {"long": "2"}), out="study", device="cpu")
    assert study.spec is not None and api.check(study.spec).train.epochs == 2


def test_it_extends_the_copy_where_the_spec_was_changed_since(spec: Path) -> None:
    part = api.begin_search(spec, out="study")
    changed(spec, ("relu", "tanh"))
    study = api.run_search(part, device="cpu")
    assert study.spec is not None and 'extends "spec.net"' in study.spec.read_text()
    assert api.check(study.spec).graph.nodes[1].layer.name() == "relu"


def test_where_the_data_lies_beside_the_spec_it_is_for_that_folder_and_says_so(spec: Path) -> None:
    Path("t.csv").write_text(TABLE)
    changed(spec, ("iris()", 'csv("t.csv", target="kind")'), ("linear(3)", "linear(2)"))
    study = api.search(spec, out="study", device="cpu")
    assert study.spec is not None and not study.in_place
    assert "copy it there" in study.spec.read_text()
    copied = study.spec.rename("best.net")
    assert api.check(copied).train.epochs == 3


# ---- confirmation ----


def confirmed(spec: Path, seeds: int = 3) -> Path:
    return changed(spec, ("validation.accuracy\n", f"validation.accuracy\n  confirm = top(2, seeds={seeds})\n"))


def runs_of(study: Any, number: int) -> list[Path]:
    return sorted((study.folder / "confirm" / f"{number:04}").glob("seed-*"))


def test_the_best_trials_are_trained_again_with_seeds_that_no_trial_had(spec: Path) -> None:
    study = api.search(confirmed(spec), out="study", device="cpu")
    assert study.verdict is not None
    ranked = study.history.ranked()
    assert {one.trial.number for one in study.verdict.trials} == {trial.number for trial in ranked[:2]}
    for one in study.verdict.trials:
        runs = runs_of(study, one.trial.number)
        assert [run.name for run in runs] == ["seed-1", "seed-2", "seed-3"]
        found = [json.loads((run / "run.json").read_text())["validation"]["accuracy"] for run in runs]
        assert one.values == tuple(found) and one.spread.mean == pytest.approx(fmean(found))
    means = [one.spread.mean for one in study.verdict.trials]
    assert means == sorted(means, reverse=True)
    assert study.best is study.verdict.trials[0].trial


def test_the_best_is_better_than_the_next_if_its_runs_say_so(spec: Path) -> None:
    grid = ("random(trials=4)", "grid()"), ("log(1e-3, 1e-1)", "[1e-2, 1e-7]"), ("in [4, 8, 16]", "")
    changed(
        spec, *grid, ("epochs = 3", "epochs = 15"), ("maximize = validation.accuracy", "minimize = validation.loss")
    )
    changed(spec, ("validation.loss\n", "validation.loss\n  confirm = top(2)\n"))
    study = api.search(spec, out="study", device="cpu")
    assert study.verdict is not None and study.verdict.is_better and study.best is not None
    assert study.best.params["lr"] == 1e-2
    changed(spec, ("[1e-2, 1e-7]", "[1e-7, 2e-7]"), ("param lr    = 1e-2", "param lr = 1e-7"))
    changed(spec, ("minimize = validation.loss", "maximize = validation.accuracy"))
    again = api.search(spec, out="again", device="cpu")
    assert again.verdict is not None and not again.verdict.is_better


def test_the_test_split_is_read_once_for_the_best_alone(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[tuple[Path, str]] = []
    evaluate = SavedRun.evaluate
    monkeypatch.setattr(
        confirming.SavedRun, "evaluate", lambda run, split: looked.append((run.folder, split)) or evaluate(run, split)
    )
    study = api.search(confirmed(spec), out="study", device="cpu")
    assert study.best is not None and study.verdict is not None and study.verdict.test is not None
    assert looked == [(run, "test") for run in runs_of(study, study.best.number)]
    again = api.resume_search("study", device="cpu")
    assert len(looked) == 3, "it isn't looked at again"
    assert again.verdict == study.verdict
    for run in (study.folder / "confirm").glob("*/*/run.json"):
        assert json.loads(run.read_text())["test"] is None


def test_a_confirmation_that_was_interrupted_goes_on(spec: Path) -> None:
    whole = api.search(confirmed(spec), out="whole", device="cpu")
    count = 0

    def fail(event: object) -> None:
        nonlocal count
        count += type(event).__name__ == "Finished"
        if count == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as ended:
        api.search(spec, out="part", device="cpu", on_event=fail)
    assert "`netspec search --resume part` goes on" in "".join(ended.value.__notes__)
    part = api.resume_search("part", device="cpu")
    assert part.verdict == whole.verdict
    assert Path("part/journal.jsonl").read_bytes() == Path("whole/journal.jsonl").read_bytes()


# ---- disk ----


def test_trials_that_are_not_among_the_best_keep_no_weights(spec: Path) -> None:
    study = api.search(spec, out="study", device="cpu", trials=8)
    kept = {path.parent.name for path in Path("study/trials").glob("*/checkpoints")}
    assert kept == {trial.name for trial in study.history.ranked()[:3]}
    assert len(list(Path("study/trials").glob("*/run.json"))) == len([t for t in study.history.trials if t.outcome])


def test_weights_that_were_half_removed_when_the_process_was_killed_are_removed_later(spec: Path) -> None:
    study = api.search(spec, out="study", device="cpu", trials=6)
    worst = Path("study/trials", study.history.ranked()[-1].name)
    for folder in (worst, worst / "seed=1"):
        (folder / ".tmp-0dca7565-checkpoints" / "epoch-0001").mkdir(parents=True)
    api.resume_search("study", device="cpu")
    assert not list(Path("study").rglob(".tmp-*"))


@pytest.mark.parametrize("writes", [3, 17, 40])
def test_a_full_disk_pauses_a_study_and_loses_nothing(spec: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    whole = api.search(spec, out="whole", device="cpu")
    write, left = checkpoint.write_durably, writes

    def fail(path: Path, content: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(checkpoint, "write_durably", fail)
    with pytest.raises(NetspecError, match="No space left"):
        api.search(spec, out="part", device="cpu")
    monkeypatch.setattr(checkpoint, "write_durably", write)
    found = api.resume_search("part", device="cpu")
    assert values(found.history) == values(whole.history)
    assert Path("part/journal.jsonl").read_bytes() == Path("whole/journal.jsonl").read_bytes()


def test_a_full_disk_at_the_end_leaves_the_spec_of_the_best_to_be_written(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = api.search(spec, out="whole", device="cpu")

    def fail(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(written_best, "write_atomically", fail)
        with pytest.raises(NetspecError, match="No space left"):
            api.search(spec, out="part", device="cpu")
    assert not Path("part/best.net").exists()
    found = api.resume_search("part", device="cpu")
    assert values(found.history) == values(whole.history)
    assert Path("part/best.net").read_bytes() == Path("whole/best.net").read_bytes()


@pytest.mark.skipif(
    not shutil.which("mount") or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a mount"
)
@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_a_study_on_a_small_disk_pauses_and_goes_on_once_there_is_room(spec: Path, share: float) -> None:
    changed(spec, ("linear(width) ->", "linear(64 * width) ->"))
    whole = api.search(spec, out="whole", device="cpu")
    small = Path("small").absolute()
    small.mkdir()
    size = int(share * on_disk(whole.folder)) // 1024
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("no mount here")
    try:
        with pytest.raises(NetspecError) as full:
            api.search(spec, out="small/study", device="cpu")
        assert [item.code for item in full.value.diagnostics] == ["NS704"]
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        found = api.resume_search("small/study", device="cpu")
        assert values(found.history) == values(whole.history)
        assert Path("small/study/journal.jsonl").read_bytes() == Path("whole/journal.jsonl").read_bytes()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def on_disk(folder: Path) -> int:
    """The bytes that a folder takes, in whole blocks; what goes meanwhile isn't counted."""
    size = 0
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):
            size += 512 * path.lstat().st_blocks
    return size


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("epochs = 3", "epochs = 5, checkpoint = every(1 epoch, keep=4)"),
        ("validation = 20%", "validation = kfold(2)"),
        ("maximize = validation.accuracy", "minimize = [validation.loss, parameters]"),
        ("random(trials=4)", "random(trials=4)\n  confirm  = top(2, seeds=3)"),
        ("epochs = 3", "epochs = 3, average = ema(0.9), optimizer = lbfgs(history_size=2)"),
    ],
)
def test_a_study_never_takes_more_of_the_disk_than_planned(spec: Path, before: str, after: str) -> None:
    changed(spec, ("linear(width) ->", "linear(64 * width) ->"))
    changed(spec, (before, after))
    if "lbfgs" in after:
        changed(spec, (", optimizer = adam(lr=lr)", ""), ("lbfgs(", "lbfgs(lr=lr, "))
    if "minimize" in after:
        changed(spec, ("random(trials=4)", "random(trials=8)"))
    # the plan is for the params as they are, and this is the largest network
    program = api.check(changed(spec, ("width = 8 ", "width = 16")))
    assert (planned := make_plan(program).search) is not None and planned.disk is not None
    folder, most = Path("study"), 0

    def look(event: object) -> None:
        nonlocal most
        most = max(most, on_disk(folder))

    api.search(program, out=folder, device="cpu", on_event=look)
    assert 0 < max(most, on_disk(folder)) <= planned.disk
