"""`netspec compare`: what runs did otherwise and what came of it, from their folders alone."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

from netspec import api
from netspec.program.comparison import Measured, RunHistory, compare
from netspec.render.comparison import render_comparison
from netspec.report.charts.curves import _apart
from netspec.report.comparison import page
from netspec.runner.store.run_history import run_history
from tests.cli.conftest import Ended, Netspec
from tests.report.test_report import Page
from tests.specs import check
from tests.test_front_end_without_torch import NETSPEC, run_without_torch

SPEC = """\
data { source = synthetic(features=4, classes=2, samples=120), validation = 20% }
model { body: linear(3) -> relu -> head: linear(2) }
train { epochs = 3, optimizer = sgd(lr=0.1) }
"""
OTHERS = {
    "other": SPEC.replace("lr=0.1", "lr=0.2").replace("body: linear(3)", "body: linear(5)"),
    "adam": SPEC.replace("sgd(lr=0.1)", "adam"),
    "table": SPEC.replace("synthetic(features=4, classes=2, samples=120)", 'csv("t.csv", target="k")'),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of four specs; of the first one the last epoch is missing in `cut`."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("t.csv").write_text("a,k\n" + "".join(f"{n},{'xyz'[n % 3]}\n" for n in range(60)))
        for name, text in {"first": SPEC, **OTHERS}.items():
            Path(f"{name}.net").write_text(text.replace("linear(2) }", "linear(3) }") if name == "table" else text)
            api.run(f"{name}.net", out=f"kept/{name}", device="cpu")
        shutil.copytree("kept/first", "kept/cut")
        Path("kept/cut/run.json").unlink()
        lines = Path("kept/cut/metrics.jsonl").read_text().splitlines()
        Path("kept/cut/metrics.jsonl").write_text("\n".join([*lines[:2], lines[2][:20]]))
        for spec in (*folder.glob("*.net"), Path("t.csv")):
            spec.unlink()
    return folder


@pytest.fixture
def compared(netspec: Netspec, home: Path, monkeypatch: pytest.MonkeyPatch):
    def run(*arguments: str) -> Ended:
        monkeypatch.chdir(home)
        return netspec("compare", *arguments)

    return run


def test_what_differs_and_which_is_best(compared, home: Path) -> None:
    ended = compared("kept/first", "kept/other", "--format", "json")
    assert (ended.exit_code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert found["settings"] == {"train.optimizer.lr": ["0.1", "0.2"]}
    assert found["layers"] == {"body": ["linear(3)", "linear(5)"]}
    for place, name in enumerate(("first", "other")):
        record = json.loads((home / "kept" / name / "run.json").read_text())
        assert found["results"]["test.loss"]["values"][place] == record["test"]["loss"]
        assert found["results"]["best epoch"]["values"][place] == record["epochs"]["best"]
    losses = found["results"]["validation.loss"]
    assert losses["best"] == [losses["values"].index(min(losses["values"]))]
    text = compared("kept/first", "kept/other").out
    assert re.search(r"^train.optimizer.lr +0.1 +0.2$", text, re.MULTILINE)
    assert text.count("★") >= 2


def test_an_optimizer_of_another_kind_is_one_line(compared) -> None:
    found = json.loads(compared("kept/first", "kept/other", "kept/adam", "--format", "json").out)
    assert found["settings"] == {"train.optimizer": ["sgd(lr=0.1)", "sgd(lr=0.2)", "adam"]}


def test_a_run_that_is_not_finished_is_compared_as_far_as_it_is(compared) -> None:
    ended = compared("kept/first", "kept/cut")
    assert ended.exit_code == 0
    assert "B  kept/cut    not finished, 2 of 3 epochs" in ended.out
    assert re.search(r"^test.loss +\d\S+ +–$", ended.out, re.MULTILINE)
    assert "no settings differ" in ended.out


def test_a_spec_whose_data_has_gone_is_compared_like_any_other(compared) -> None:
    ended = compared("kept/first", "kept/table")
    assert ended.exit_code == 0, ended.err
    assert "the data isn't of the same type" in ended.out
    assert re.search(r"^parameters +23 +18$", ended.out, re.MULTILINE)


def test_a_spec_that_is_no_longer_good_is_compared_by_its_numbers(compared, home: Path) -> None:
    """As one of another version of netspec may be."""
    spec = shutil.copytree(home / "kept/first", home / "kept/older") / "spec.json"
    spec.write_text(spec.read_text().replace("relu", "rulu"))
    ended = compared("kept/first", "kept/older")
    assert ended.exit_code == 0, ended.err
    assert "the settings of kept/older aren't known" in ended.out
    assert "test.accuracy" in ended.out


@pytest.mark.parametrize(
    ("runs", "code", "said"),
    [
        (["kept/first"], 2, "It takes two runs to compare."),
        (["kept/first", "kept"], 5, "`kept` isn't the folder of a run: there is no spec.json"),
        (["kept/first", "nowhere"], 5, "`nowhere` isn't the folder of a run"),
        (["kept/first", "first.net"], 5, "there is no run in it"),
    ],
)
def test_what_is_no_run_is_said(compared, runs: list[str], code: int, said: str) -> None:
    ended = compared(*runs)
    assert ended.exit_code == code
    assert said in ended.err


def test_a_spec_stands_for_its_newest_run(netspec: Netspec, folder: Path) -> None:
    for name, text in (("a.net", SPEC), ("b.net", OTHERS["adam"])):
        (folder / name).write_text(text)
        assert netspec("run", name).exit_code == 0
    assert "train.optimizer   sgd(lr=0.1)   adam" in netspec("compare", "a.net", "b.net").out


def test_no_torch_is_needed(home: Path) -> None:
    ran = run_without_torch(NETSPEC, "compare", "kept/first", "kept/other", cwd=home)
    assert ran.returncode == 0, ran.stderr


# ---- the page ----


def test_the_page_holds_the_curves_and_needs_nothing(compared, tmp_path: Path) -> None:
    out = tmp_path / "compare.html"
    assert compared("kept/first", "kept/cut", "kept/adam", "--out", str(out)).exit_code == 0
    text = out.read_text(encoding="utf-8")
    found = Page(text)
    assert "script" not in found.tags and "link" not in found.tags and "img" not in found.tags
    assert not any(value.startswith(("http", "//")) for name, value in found.attributes if name in ("src", "href"))
    assert text.count("<svg") >= 4
    assert "var(--run-3, #00795a)" in text
    assert "not finished, 2 of 3 epochs" in found.text
    refused = compared("kept/first", "kept/cut", "--out", str(out))
    assert refused.exit_code == 5 and "it is there already" in refused.err


def a_run(folder: str = "r", text: str = SPEC, **other) -> RunHistory:
    program = check(text, name=f"{folder}.net").require()
    history = tuple({"epoch": epoch, "validation.loss": 1 / epoch, "validation.accuracy": 0.5} for epoch in (1, 2))
    run = RunHistory(folder, folder, program, None, True, 2, history, 2, {}, 1.0, "x")
    return replace(run, **other)


def test_hostile_names_stay_text() -> None:
    bad = "<script>alert(1)</script>\u202e"
    history = ({"epoch": 1, "validation.<b>$x$": 0.5, "validation.loss": 1.0},)
    text = page(compare([a_run(bad, history=history), a_run("b", trouble=bad)]))
    found = Page(text)
    assert "script" not in found.tags and "b" not in found.tags
    assert "\u202e" not in text


def best(name: str, *values: float | None) -> set[int]:
    runs = [a_run(str(place), test={} if value is None else {name: value}) for place, value in enumerate(values)]
    (row,) = (row for row in compare(runs).measured if row.name == f"test.{name}")
    return set(row.best)


def test_each_metric_knows_which_way_is_better() -> None:
    assert best("loss", 0.5, 0.2, 0.3) == {1}
    assert best("accuracy", 0.5, 0.2, 0.5) == {0, 2}
    assert best("mean_absolute_error", 3, 2) == {1}
    assert best("r2", -1, 0.5) == {1}


def test_what_says_nothing_is_not_the_best() -> None:
    assert best("loss", 0.5, 0.5) == set()
    assert best("loss", nan, 0.5, inf, 0.7, None) == {1}
    assert best("accuracy", None, 0.5) == set()


def test_other_losses_are_not_compared() -> None:
    other = SPEC.replace("epochs = 3,", "epochs = 3, loss = focal,")
    found = compare([a_run("a", test={"loss": 1.0}), a_run("b", other, test={"loss": 0.1})])
    assert found.notes == ("the losses differ: their values can't be compared",)
    assert {row.name for row in found.measured if row.best} == set()


def test_other_samples_are_said() -> None:
    assert compare([a_run(digest="x"), a_run(digest="y")]).notes[0].startswith("the data differs")
    seeds = compare([a_run(), a_run(text=SPEC.replace("epochs = 3", "epochs = 3, seed = 5"))])
    assert seeds.notes == ("`train.seed` differs: splits that are drawn don't have the same samples",)
    numbers = SPEC.replace("features=4, classes=2", "features=5, classes=2")
    types = compare([a_run(test={"accuracy": 1.0}), a_run(text=numbers, test={"accuracy": 0.5})])
    assert types.notes == ("the data isn't of the same type: none of the numbers is the best",)
    assert not any(row.best for row in types.measured)


def test_a_run_without_epochs_is_compared_too() -> None:
    found = compare([a_run(), a_run(history=(), best_epoch=None, finished=False)])
    assert found.runs[1].state == "not finished, 0 of 2 epochs"
    assert Measured("best epoch", (2, None)) in found.measured
    assert render_comparison(found) and "<svg" in page(found)


def test_many_runs_have_letters_then_numbers() -> None:
    found = compare([a_run()] * 30)
    assert (found.letters[0], found.letters[25], found.letters[26]) == ("A", "Z", "27")
    assert page(found).count("<svg") == 2


def test_labels_stand_apart() -> None:
    assert _apart([0, 10], 1) == [0, 10]
    assert _apart([0, 0.5], 1) == [-0.25, 0.75]
    assert _apart([0, 0.1, 0.2, 9], 1) == pytest.approx([-0.9, 0.1, 1.1, 9])


def test_runs_of_folds_are_compared_by_their_means(netspec: Netspec, folder: Path) -> None:
    for name, width in (("a", 4), ("b", 8)):
        text = f"data {{ source = iris(), validation = kfold(2) }}\nmodel {{ linear({width}) -> relu -> linear(3) }}\n"
        (folder / f"{name}.net").write_text(f"{text}train {{ epochs = 1 }}\n")
        assert netspec("run", f"{name}.net", "--device", "cpu").exit_code == 0
    ended = netspec("compare", "a.net", "b.net")
    assert ended.exit_code == 0
    assert ended.out.count("finished, 2 runs: their means") == 2
    assert re.search(r"validation\.accuracy +(★ )?\d+\.\d\d% +(★ )?\d+\.\d\d%", ended.out)


def test_params_that_differ_are_shown_and_name_the_runs(netspec: Netspec, folder: Path) -> None:
    text = "param width = 4\n" + SPEC.replace("body: linear(3)", "body: linear(width)")
    Path("s.net").write_text(text)
    assert netspec("run", "s.net", "--out", "four", "--device", "cpu").exit_code == 0
    assert netspec("run", "s.net", "--out", "six", "--device", "cpu", "--set", "width=6").exit_code == 0
    found = json.loads(netspec("compare", "four", "six", "--format", "json").out)
    assert found["params"] == {"width": ["4", "6"]}
    assert [run["label"] for run in found["runs"]] == ["width=4", "width=6"]
    told = netspec("compare", "four", "six").out
    assert "no settings differ" not in told
    assert re.search(r"^width +4 +6$", told, re.MULTILINE)
    assert "A width=4" in page(compare([run_history(Path("four")), run_history(Path("six"))]))


def test_the_best_epoch_of_a_run_that_is_not_finished_is_its_own(netspec: Netspec, folder: Path) -> None:
    text = SPEC.replace("epochs = 3", "epochs = 6, stop = early_stopping(start_from=3 epochs, patience=2 epochs)")
    Path("s.net").write_text(text)
    result = api.run("s.net", out="run", device="cpu")
    record = json.loads(Path("run/run.json").read_text())
    Path("run/run.json").unlink()
    assert record["epochs"]["best"] == run_history(Path("run")).best_epoch
    assert record["epochs"]["best"] > 3, result


@pytest.mark.parametrize("name", ["train.lr", "train.seconds"])
def test_what_nobody_aims_at_has_no_best(name: str) -> None:
    runs = [a_run(str(index), history=({"epoch": 1, name: float(index)},), best_epoch=1) for index in range(2)]
    assert all(not row.best for row in compare(runs).measured if row.name == name)


def test_runs_whose_settings_are_the_same_are_called_by_their_folders() -> None:
    assert compare([a_run("x/one"), a_run("x/two")]).labels == ("one", "two")
    assert compare([a_run("x/latest"), a_run("y/latest")]).labels == ("x/latest", "y/latest")


def test_a_mean_of_some_runs_alone_is_said() -> None:
    folds = a_run("folds", parts=3, means={"test.roc_auc": 0.5}, counts={"test.roc_auc": 2, "test.loss": 3})
    assert [note for note in compare([a_run(), folds]).notes if "2 of 3 runs" in note]
