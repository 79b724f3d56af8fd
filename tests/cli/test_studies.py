"""Studies among the runs: listed on a line each, their trials listed and compared, and their page written again."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from netspec import api
from tests.cli.conftest import Ended, Netspec
from tests.cli.test_search import SPEC
from tests.report.test_study_page import Page
from tests.test_front_end_without_torch import NETSPEC, run_without_torch

CONFIRMED = SPEC.replace("validation.accuracy }", "validation.accuracy, confirm = top(1, seeds=2) }")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, a study of three trials among the runs, and one that was confirmed; the specs are gone."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NETSPEC_DATA", str(folder / "data"))
        Path("a.net").write_text(SPEC)
        api.run("a.net", device="cpu")
        api.search("a.net", device="cpu")
        Path("a.net").write_text(CONFIRMED)
        api.search("a.net", out="confirmed", device="cpu", trials=2)
        Path("a.net").unlink()
    return folder


@pytest.fixture
def at_home(netspec: Netspec, home: Path, monkeypatch: pytest.MonkeyPatch) -> Netspec:
    def run(*arguments: str) -> Ended:
        monkeypatch.chdir(home)
        return netspec(*arguments)

    return run


def study_of(home: Path) -> str:
    (found,) = (home / "runs" / "a").glob("study-*")
    return str(found.relative_to(home))


# ---- runs ----


def test_a_study_is_one_line_beside_the_runs(at_home: Netspec, home: Path) -> None:
    lines = at_home("runs").out.splitlines()
    head, run, _, studies, line = lines
    assert head.split()[0] == "run" and studies.split() == ["study", "state", "trials", "best"]
    assert run.startswith("runs/a/2") and "finished" in run
    found = rf"{re.escape(study_of(home))}  finished  3 of 3  validation\.accuracy \d+\.\d\d% \(trial \d\)"
    assert re.fullmatch(found, re.sub(" {2,}", "  ", line))


def test_programs_get_the_same(at_home: Netspec, home: Path) -> None:
    run, study = json.loads(at_home("runs", "--format", "json").out)
    assert "run" in run and study["study"] == study_of(home)
    assert (study["state"], study["trials"], study["total"]) == ("finished", 3, 3)
    trials = json.loads(at_home("runs", study_of(home), "--format", "json").out)
    best = next(trial for trial in trials if trial["trial"] == study["trial"])
    assert best["values"] == study["best"] and Path(home / best["run"]).is_dir()
    assert [trial["trial"] for trial in trials] == [1, 2, 3]


def test_the_trials_of_a_study_are_listed(at_home: Netspec, home: Path) -> None:
    head, *rows = at_home("runs", "confirmed").out.splitlines()
    assert head.split() == ["trial", "state", "validation.accuracy", "width", "lr", "epochs"]
    assert len(rows) == 2 and all("complete" in row for row in rows)
    assert at_home("runs", "runs").exit_code == 5


def test_a_study_that_cannot_be_read_is_no_end_of_the_list(at_home: Netspec, home: Path, tmp_path: Path) -> None:
    copy = home / "runs" / "a" / "study-20990101-000000-abcdef"
    shutil.copytree(home / study_of(home), copy)
    try:
        (copy / "journal.jsonl").write_text("{}\n")
        ended = at_home("runs")
        assert ended.exit_code == 0 and re.search(r"abcdef +unreadable", ended.out)
    finally:
        shutil.rmtree(copy)


def test_no_torch_is_needed(home: Path) -> None:
    for arguments in (["runs"], ["runs", "confirmed"], ["compare", "confirmed"]):
        ran = run_without_torch(NETSPEC, *arguments, cwd=home)
        assert ran.returncode == 0, ran.stderr


# ---- compare ----


def test_trials_are_compared_like_runs(at_home: Netspec) -> None:
    found = json.loads(at_home("compare", "confirmed/trials/0001", "confirmed/trials/0002", "--format", "json").out)
    assert "lr" in found["params"]
    assert [run["run"] for run in found["runs"]] == ["confirmed/trials/0001", "confirmed/trials/0002"]


def test_a_study_alone_stands_for_its_best_trials_and_beside_others_for_its_best_one(
    at_home: Netspec, home: Path
) -> None:
    def compared(*arguments: str) -> list[str]:
        return [run["run"] for run in json.loads(at_home("compare", *arguments, "--format", "json").out)["runs"]]

    alone = compared("confirmed")
    assert sorted(alone) == ["confirmed/trials/0001", "confirmed/trials/0002"]
    two = compared("confirmed", study_of(home))
    assert two[0] == alone[0] and two[1].startswith(study_of(home)) and len(two) == 2


# ---- report ----


def test_the_page_is_written_again_from_the_folder_alone(at_home: Netspec, home: Path) -> None:
    """Neither the spec nor the data is needed, nor does the time count at which it is written."""
    page = home / "confirmed" / "report.html"
    before = page.read_text(encoding="utf-8")
    page.unlink()
    ended = at_home("report", "confirmed")
    assert (ended.exit_code, ended.out) == (0, "confirmed/report.html\n")
    assert page.read_text(encoding="utf-8") == before
    text = Page(before).text
    assert "trained again" in text and "2 runs" in text


def test_its_links_lead_to_the_runs_wherever_it_is(at_home: Netspec, home: Path, tmp_path: Path) -> None:
    for out in (home / "confirmed" / "report.html", home / "page.html", tmp_path / "a b" / "page.html"):
        out.parent.mkdir(exist_ok=True)
        assert at_home("report", "confirmed", "--out", str(out)).exit_code == 0
        found = [value for name, value in Page(out.read_text(encoding="utf-8")).attributes if name == "href"]
        links = [link for link in found if not link.startswith("#")]
        assert len(links) == 3, "two trials, and one that was trained again"
        for link in links:
            assert (out.parent / link).is_dir() and not link.startswith("/")


def test_a_trial_with_a_page_of_its_own_is_linked_to_that(at_home: Netspec, home: Path) -> None:
    assert at_home("report", "confirmed/trials/0001").exit_code == 0
    at_home("report", "confirmed")
    assert 'href="trials/0001/report.html"' in (home / "confirmed" / "report.html").read_text(encoding="utf-8")


def test_a_study_that_goes_on_has_a_page_too(at_home: Netspec, home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home / "confirmed", tmp_path / "part")
    lines = (copy / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "journal.jsonl").write_bytes(b"".join(lines[:3]))
    assert at_home("report", str(copy)).exit_code == 0
    assert "Not finished. 1 of 2 trials have ended." in Page((copy / "report.html").read_text()).text


def test_what_is_no_study_is_said(at_home: Netspec, home: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(home / "confirmed", tmp_path / "damaged")
    (copy / "study.json").write_text("{}")
    ended = at_home("report", str(copy))
    assert ended.exit_code == 5 and "study.json isn't what was written" in ended.err
