"""Folders of studies that are broken, or made to do harm: each is refused in words, or goes on as the study that it is.

None runs what is in it, leads out of its folder, or is waited for.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Netspec
from tests.searcher.journals import records_of, seal
from tests.security.ground import OF_CSV, Break, Case, a_folder, both, everything, gone, linked, text
from tests.security.hostile import CODE, pickles

DEEP = "[" * 100_000 + "\n"
STUDY, JOURNAL, TRIAL = "study/study.json", "study/journal.jsonl", "study/trials/0003"
RESUME, WORKER = "search --resume study --device cpu", "search --worker study --device cpu"
DONE = "4/4"


def fifo(name: str) -> Break:
    def breaks(folder: Path) -> None:
        if (folder / name).exists():
            gone(name)(folder)
        os.mkfifo(folder / name)

    return breaks


def a_file(name: str) -> Break:
    return both(gone(name), text(name, "x"))


def record(**changed: Any) -> Break:
    """Other values in the record of the study."""

    def breaks(folder: Path) -> None:
        path = folder / STUDY
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))

    return breaks


def journal(change: Callable[[list[dict[str, Any]]], object]) -> Break:
    """Other lines in the journal, with checksums that are right again."""

    def breaks(folder: Path) -> None:
        records = records_of((folder / JOURNAL).read_bytes())
        change(records)
        (folder / JOURNAL).write_bytes(seal(records))

    return breaks


def terms(**changed: Any) -> Break:
    return journal(lambda records: records[0]["terms"].update(changed))


def run_in_its_place(name: str) -> Break:
    return both(gone(TRIAL), lambda folder: shutil.copytree(folder / name, folder / TRIAL))


OTHER_WAY = [["../../x", {"low": 0.001, "high": 0.1, "scale": "log"}]]
FAILED = {"ended": 3, "failed": ["NS601\x1b[2J", "\x1b]0;x\x07 [link=file:///etc/passwd]x[/link]"]}

RECORDS = (
    Case("no record", RESUME, 5, "there is no study.json", gone(STUDY)),
    Case("a pipe for the record", RESUME, 5, "study.json: it isn't a regular file", fifo(STUDY)),
    Case("a pipe for the record, to a worker", WORKER, 5, "it isn't a regular file", fifo(STUDY)),
    Case("a link for the record", RESUME, 5, "it is a link out of", linked(STUDY, "../run/spec.json")),
    Case("an empty record", RESUME, 5, "study.json isn't what was written", text(STUDY, "")),
    Case("a deep record", RESUME, 5, "study.json isn't what was written", text(STUDY, DEEP)),
    Case("a later format", RESUME, 5, "study.json` has format 9", record(format=9)),
    Case("trials in a string", RESUME, 5, "isn't what was written", record(trials="3")),
    Case("trials without end", RESUME, 5, "isn't what was written", record(trials=10**30)),
    Case("fewer than no trials", RESUME, 5, "isn't what was written", record(trials=-1)),
    Case("a version that is a list", RESUME, 5, "isn't what was written", record(netspec=[CODE[0]])),
    Case("another version", RESUME, 0, DONE, record(netspec=CODE[0])),
    Case(
        "its spec has no search",
        RESUME,
        1,
        "declares no search",
        record(text="model { linear(2) }\n" + OF_CSV),
    ),
    Case("its spec is none", RESUME, 1, "`}` closes nothing", record(text="}{")),
    Case("its spec is elsewhere", RESUME, 3, "there is no file `table.csv`", record(path="/etc/x.net")),
    Case("its spec extends", RESUME, 1, "isn't a relative path", record(text='extends "/etc/passwd"\n')),
    Case("a param that is code", RESUME, 1, "is no part of the language", record(set={"lr": CODE[0]})),
    Case("a param out of its domain", RESUME, 1, "`lr` may be a number from 0.001", record(set={"lr": "7"})),
)

JOURNALS = (
    Case("an empty journal", RESUME, 5, "its journal is empty", text(JOURNAL, "")),
    Case("an empty journal, to a worker", WORKER, 5, "its journal is empty", text(JOURNAL, "")),
    Case("a pipe for the journal", RESUME, 5, "it isn't a regular file", fifo(JOURNAL)),
    Case("a pipe for the journal, to a worker", WORKER, 5, "it isn't a regular file", fifo(JOURNAL)),
    Case("a link for the journal", RESUME, 5, "it is a link", linked(JOURNAL, "../table.csv")),
    Case("a folder for the journal", RESUME, 5, "Is a directory", a_folder(JOURNAL)),
    Case("a deep journal", RESUME, 5, "line 1: it isn't a line of a journal", text(JOURNAL, DEEP)),
    Case("a journal that is gone begins anew", RESUME, 0, DONE, gone(JOURNAL)),
    Case("a number out of range", RESUME, 5, "line 6: it isn't", journal(lambda lines: lines[5].update(trial=9))),
    Case("a number in a string", RESUME, 5, "line 6: it isn't", journal(lambda lines: lines[5].update(trial="3"))),
    Case("a number that leads out", RESUME, 5, "line 6: it", journal(lambda lines: lines[5].update(trial="../../x"))),
    Case(
        "the end of none", RESUME, 5, "no trial has that", journal(lambda lines: lines.append({**FAILED, "ended": 7}))
    ),
    Case("state that a sampler would load", RESUME, 5, "line 6", journal(lambda lines: lines[5].update(attrs="gASV"))),
    Case("a total in a string", RESUME, 5, "no number of trials", journal(lambda lines: lines[0].update(total="4"))),
    Case("a message with escapes", RESUME, 0, DONE, journal(lambda lines: lines.append(FAILED))),
    Case("another digest", RESUME, 5, "was begun with another spec", terms(spec="0" * 64)),
    Case("a method that is none", RESUME, 5, "no search method", terms(method={"op": "os.system", "trials": 4})),
    Case("another method", RESUME, 5, "the method was random", terms(method={"op": "random", "trials": 4})),
    Case("a param that leads out", RESUME, 5, "isn't a line of this study", terms(params=OTHER_WAY)),
)

FOLDERS = (
    Case("a link for the lock", RESUME, 5, "it is a link", linked("study/journal.lock", "../table.csv")),
    Case("a pipe for the lock", RESUME, 5, "it isn't a regular file", fifo("study/journal.lock")),
    Case("a folder for the lock", RESUME, 5, "Is a directory", a_folder("study/journal.lock")),
    Case("a link for the leases", RESUME, 5, "it is a link", linked("study/leases", "../photos")),
    Case("a file for the leases", RESUME, 5, "File exists", a_file("study/leases")),
    Case("a link for a lease", RESUME, 5, "symbolic links", linked("study/leases/0003", "../../table.csv")),
    Case("a pipe for a lease", RESUME, 5, "it isn't a regular file", fifo("study/leases/0003")),
    Case("a folder for a lease", RESUME, 5, "Is a directory", a_folder("study/leases/0003")),
    Case("a lease of code", RESUME, 0, DONE, text("study/leases/0003", CODE[0])),
    Case("a deep lease", RESUME, 0, DONE, text("study/leases/0003", DEEP)),
    Case("a link for the trials", RESUME, 5, "it is a link", linked("study/trials", "../run")),
    Case("a file for the trials", RESUME, 5, "Not a directory", a_file("study/trials")),
    Case("a link for a trial", RESUME, 5, "it is a link", linked(TRIAL, "0001")),
    Case("a file for a trial", RESUME, 5, "Not a directory", a_file(TRIAL)),
    Case("a trial that is gone is run again", RESUME, 0, DONE, gone(TRIAL)),
    Case("half of another run for a trial", RESUME, 5, "it is of another spec", run_in_its_place("half")),
    Case("another run for a trial", RESUME, 5, "it has the run of another setting", run_in_its_place("run")),
    Case("a link for the best spec", RESUME, 5, "it is a link", linked("study/best.net", "../table.csv")),
    Case("a folder for the best spec", RESUME, 5, "Is a directory", a_folder("study/best.net")),
    Case("a link for the confirmations", RESUME, 5, "it is a link", linked("study/confirm", "../run")),
    Case("a file for the confirmations", RESUME, 5, "Not a directory", text("study/confirm", "x")),
    Case("other results", RESUME, 0, DONE, text("study/confirmed.json", '{"trial": 4, "test": [{"x": "y"}]}')),
    Case("deep results", RESUME, 0, DONE, text("study/confirmed.json", DEEP)),
    Case("the data is gone", RESUME, 3, "there is no file `table.csv`", gone("table.csv")),
)

OTHERS = (
    Case("a run is no study", "search --resume run", 5, "it is that of a run"),
    Case("a run is no study for a worker", "search --worker run", 5, "`netspec run --resume run` goes on with it"),
    Case("a file is no study", "search --resume table.csv", 5, "isn't the folder of a study"),
    Case("nothing is no study", "search --worker nothing", 5, "it doesn't exist"),
    Case("a study is no run", "run --resume study", 5, "`netspec search --resume study` goes on with it"),
    Case("a study isn't evaluated", "eval study", 5, "the runs of its trials are in `study/trials`"),
    Case("a study doesn't predict", "predict study table.csv", 5, "isn't the folder of a run: it is that of a study"),
    Case("a study is no spec", "search study", 2, "Did you mean 'netspec search --resume study'?"),
    Case("a study isn't overwritten", "search searched.net --out study", 5, "`study` has a study"),
)


@pytest.mark.parametrize("case", [*RECORDS, *JOURNALS, *FOLDERS, *OTHERS], ids=str)
def test_it_is_said_and_nothing_beside_it_changes(case: Case, netspec: Netspec, folder: Path) -> None:
    before = case.tried(netspec, folder)
    after = everything(folder)
    beside = {name: content for name, content in before.items() if not name.startswith("study")}
    assert {name: after.get(name) for name in beside} == beside
    assert set(after) - set(before) == {name for name in after if name not in before and name.startswith("study/")}


@pytest.mark.parametrize("name", [STUDY, JOURNAL, "study/leases/0003", "study/confirmed.json"])
@pytest.mark.parametrize("content", pickles().values(), ids=pickles().keys())
def test_a_pickle_in_its_place_runs_nothing(name: str, content: bytes, netspec: Netspec, folder: Path) -> None:
    (folder / name).write_bytes(content)
    ended = netspec(*RESUME.split())
    assert ended.exit_code == (0 if name.endswith(("0003", "confirmed.json")) else 5), ended
    assert "Traceback" not in ended.out + ended.err and not list(folder.rglob("ran"))


@pytest.mark.parametrize(
    ("name", "exit_code", "said"),
    [
        (STUDY, 5, "more than the 67_108_864 that are read"),
        (JOURNAL, 5, "line 7: it is too long"),
        ("study/leases/0003", 0, DONE),
        ("study/confirmed.json", 0, DONE),
    ],
)
def test_a_file_of_a_terabyte_is_not_read(name: str, exit_code: int, said: str, netspec: Netspec, folder: Path) -> None:
    (folder / name).touch()
    os.truncate(folder / name, 2**40)
    ended = netspec(*RESUME.split())
    assert ended.exit_code == exit_code and said in ended.out + ended.err


@pytest.mark.parametrize("verb", ["search --resume study", "search --worker study", "runs", "report study"])
def test_every_command_ends_where_the_whole_study_is_pipes(verb: str, netspec: Netspec, folder: Path) -> None:
    for path in sorted((folder / "study").rglob("*")):
        if path.is_file():
            path.unlink()
            os.mkfifo(path)
    ended = netspec(*verb.split())
    assert ended.exit_code in (0, 5) and "Traceback" not in ended.out + ended.err


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        (JOURNAL, 0, "isn't the folder of a study: Permission denied"),
        (STUDY, 0, "study.json: Permission denied"),
        ("study", 0o555, "can't write to `study/"),
        ("study/trials", 0o555, "can't write to `study/trials"),
    ],
)
def test_a_folder_without_rights_is_refused(name: str, mode: int, said: str, netspec: Netspec, folder: Path) -> None:
    (folder / name).chmod(mode)
    ended = netspec(*RESUME.split())
    (folder / name).chmod(0o755)
    assert ended.exit_code == 5 and said in " ".join((ended.out + ended.err).split())
