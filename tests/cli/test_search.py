"""`netspec search`: a line for each trial, the best one, and how to go on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.cli.conftest import Netspec

SPEC = """\
param width = 8    in [4, 8, 16]
param lr    = 1e-2 in log(1e-3, 1e-1)
data { source = iris(), validation = 20% }
model { linear(width) -> relu -> linear(3) }
train { epochs = 2, optimizer = adam(lr=lr) }
search { method = random(trials=3), maximize = validation.accuracy }
"""


def test_a_line_for_each_trial_and_the_best_one(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC)
    ended = netspec("search", "a.net", "--device", "cpu")
    assert ended.exit_code == 0
    assert ended.err.count("warning: ") == 1, "what is said of the data is said once, and not for each trial"
    first, searched, _, head, *trials, _, best, written, report, last = ended.out.splitlines()
    (study,) = (folder / "runs" / "a").iterdir()
    assert first == last == f"study     {study.relative_to(folder)}"
    assert searched == "search    random(trials=3), maximize validation.accuracy"
    assert head.split() == ["trial", "validation.accuracy", "best", "left", "params"]
    assert re.fullmatch(r"study-\d{8}-\d{6}-[0-9a-f]{6}", study.name)
    assert len(trials) == 3
    line = r" +(\d)/3  \d+\.\d\d% +\d+\.\d\d%( ★)?( +\d+ s)? +width = (4|8|16), lr = [\d.e-]+"
    assert [found[1] for trial in trials if (found := re.fullmatch(line, trial))] == ["1", "2", "3"]
    assert "★" in trials[0] and best.startswith("best      trial ")
    assert report == f"report    {study.relative_to(folder)}/report.html" and (study / "report.html").exists()
    assert written == f"spec      {study.relative_to(folder)}/best.net"


def test_a_quiet_search_says_its_folder_and_what_is_wrong(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC)
    ended = netspec("search", "a.net", "--device", "cpu", "-q", "--out", "s")
    assert (ended.exit_code, ended.out) == (0, "s\n")
    assert ended.err.count("warning: ") == 1 and len(ended.err.splitlines()) == 1


def test_it_goes_on_to_more_trials_and_says_how_many_are_done(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC)
    netspec("search", "a.net", "--device", "cpu", "--out", "s", "--trials", "2")
    again = netspec("search", "--resume", "s", "--device", "cpu", "--trials", "3")
    assert again.exit_code == 0
    assert again.out.splitlines()[2] == "resumed   2 of 3 trials"
    assert re.findall(r"^ +(\d/3)  ", again.out, re.MULTILINE) == ["3/3"]
    done = netspec("search", "--resume", "s", "--device", "cpu")
    assert done.out.splitlines()[2] == "resumed   3 of 3 trials" and len(done.out.splitlines()) == 8


def test_trials_do_not_show_among_the_runs_and_a_study_is_not_resumed_as_one(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC)
    netspec("search", "a.net", "--device", "cpu", "--trials", "1")
    assert "no run" in netspec("run", "--resume", "a.net").err
    found = netspec("search", "--resume", "a.net", "--device", "cpu")
    assert (found.exit_code, "resumed   1 of 1 trials" in found.out) == (0, True)


def test_a_mistake_is_reported_before_the_first_trial(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC.replace("validation.accuracy", "validation.acuracy"))
    ended = netspec("search", "a.net")
    assert ended.exit_code == 1 and "validation.accuracy" in ended.err
    (folder / "b.net").write_text(SPEC.partition("search")[0])
    ended = netspec("search", "b.net")
    assert ended.exit_code == 1 and "declares no search" in ended.err
    assert not (folder / "runs").exists()
    assert "without --out and --set" in netspec("search", "--resume", "a.net", "--out", "b").err
    assert "Missing argument 'SPEC'" in netspec("search").err


def test_what_cannot_begin_or_go_on_is_said_with_what_can(netspec: Netspec, folder: Path) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        ended = netspec("search", *arguments, "--device", "cpu")
        assert "Traceback" not in ended.err
        return ended.exit_code, " ".join((ended.out + ended.err).split())

    def refused(exit_code: int, *pieces: str, by: tuple[str, ...]) -> None:
        code, text = said(*by)
        assert code == exit_code and all(piece in text for piece in pieces), text

    (folder / "a.net").write_text(SPEC)
    refused(5, "there is no study in it", "`netspec search SPEC` begins one", by=("--resume", "a.net"))
    refused(5, "there is no study in it", by=("--resume",))
    refused(1, "`width` is searched, so `--set` can't give it a value", by=("a.net", "--set", "width=16"))
    refused(5, "a study has 1 to 100000 trials, not 500000", by=("a.net", "--trials", "500000"))
    assert not (folder / "runs").exists()
    assert said("a.net", "--out", "s")[0] == 0
    before = (folder / "s" / "journal.jsonl").read_bytes()
    refused(5, "`s` has a study", "`netspec search --resume s` goes on with it", by=("a.net", "--out", "s"))
    refused(2, "'s' is a folder. Did you mean 'netspec search --resume s'?", by=("s",))
    refused(5, "2 trials in all can't be had, as the study has 3 already", by=("--resume", "s", "--trials", "2"))
    refused(5, "`nothing` isn't the folder of a study: it doesn't exist", by=("--resume", "nothing"))
    refused(2, "--worker takes nothing but the folder of a study", by=("--worker", "s", "--trials", "5"))
    assert (folder / "s" / "journal.jsonl").read_bytes() == before


def test_a_study_is_moved_and_its_trials_and_its_spec_are_removed_and_it_goes_on(
    netspec: Netspec, folder: Path
) -> None:
    (folder / "a.net").write_text(SPEC)
    netspec("search", "a.net", "--device", "cpu", "--out", "s")
    (folder / "s").rename(folder / "moved")
    (folder / "a.net").unlink()
    shutil.rmtree(folder / "moved" / "trials" / "0001")
    assert netspec("search", "--resume", "moved", "--device", "cpu", "--trials", "4").exit_code == 0
    shutil.rmtree(folder / "moved" / "trials")
    ended = netspec("search", "--resume", "moved", "--device", "cpu", "--trials", "5")
    assert ended.exit_code == 0 and "5/5" in ended.out
    assert netspec("check", "moved/best.net").exit_code == 0, "it extends the copy in the folder"


def test_a_study_whose_data_is_gone_does_not_go_on(netspec: Netspec, folder: Path) -> None:
    (folder / "t.csv").write_text("x,y,kind\n" + "".join(f"{n % 7},{n % 5},{'ab'[n % 2]}\n" for n in range(60)))
    (folder / "a.net").write_text(
        SPEC.replace("iris()", 'csv("t.csv", target="kind")').replace("linear(3)", "linear(2)")
    )
    netspec("search", "a.net", "--device", "cpu", "--out", "s", "--trials", "1")
    (folder / "t.csv").unlink()
    ended = netspec("search", "--resume", "s", "--trials", "2")
    assert ended.exit_code == 3 and "t.csv" in ended.err
    assert len((folder / "s" / "journal.jsonl").read_text().splitlines()) == 3, "nothing was added"


def test_the_best_trials_are_confirmed_in_words(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC.replace("validation.accuracy }", "validation.accuracy, confirm = top(2) }"))
    ended = netspec("search", "a.net", "--device", "cpu", "--out", "s")
    assert ended.exit_code == 0
    best, other, verdict, *_ = ended.out.splitlines()[8:]
    interval = r"validation.accuracy \d+\.\d\d% \(\d+\.\d\d% to \d+\.\d\d%\) over 5 runs"
    assert re.fullmatch(rf"best      trial \d: width = \d+, lr = [\d.e-]+   {interval}", best)
    assert re.fullmatch(rf"          trial \d: width = \d+, lr = [\d.e-]+   {interval}", other)
    assert "better than trial" in verdict


def test_assertions_on_results_are_for_the_confirmed_best(netspec: Netspec, folder: Path) -> None:
    text = SPEC.replace("validation.accuracy }", "validation.accuracy, confirm = top(1) }")
    text = text.replace("20% }", "20%, test = 20% }")
    (folder / "a.net").write_text(text + "assert test.accuracy <= 100%\nassert validation.loss < 0 and test.loss < 0\n")
    ended = netspec("search", "a.net", "--device", "cpu", "--out", "s")
    assert ended.exit_code == 7 and "1 of 2 assertions fails" in ended.err
    assert "test.loss is " in ended.err and "validation.loss is " in ended.err
    again = netspec("search", "--resume", "s", "--device", "cpu")
    assert again.exit_code == 7
