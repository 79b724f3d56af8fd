"""The record of a run's teachers, changed by somebody else: what is wrong is said, and the run stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Netspec
from tests.security.ground import Break, Case, a_folder, both, cut, everything, gone, linked, replaced, text

RECORD = "taught/teachers.json"
RESUME = "run --resume taught"
DEEP = "[" * 100_000
NOT_WRITTEN = "teachers.json isn't what was written"


def teacher(**changed: Any) -> Break:
    """Other values of the teacher in the record."""

    def breaks(folder: Path) -> None:
        record = json.loads((folder / RECORD).read_text())
        record["teachers"]["run"].update(changed)
        (folder / RECORD).write_text(json.dumps(record))

    return breaks


def record(**changed: Any) -> Break:
    def breaks(folder: Path) -> None:
        kept = json.loads((folder / RECORD).read_text())
        (folder / RECORD).write_text(json.dumps({**kept, **changed}))

    return breaks


def other_run(folder: Path) -> None:
    """The record names another run, which is sound, with the digest of the teacher's weights."""
    teacher(folder=str(folder / "half"))(folder)


CASES = (
    Case("it is gone", RESUME, 5, "there is no teachers.json", gone(RECORD)),
    Case("it is empty", RESUME, 5, NOT_WRITTEN, text(RECORD, "")),
    Case("it is cut off", RESUME, 5, NOT_WRITTEN, cut(RECORD, 60)),
    Case("it is a folder", RESUME, 5, "teachers.json`: it is a folder", a_folder(RECORD)),
    Case("it is a link out of the run", RESUME, 5, "teachers.json`: it is a link", linked(RECORD, "../table.net")),
    Case("it is a link to itself", RESUME, 5, "teachers.json`: it is a link", linked(RECORD, "teachers.json")),
    Case("it is a device", RESUME, 5, "teachers.json`: it is a link", linked(RECORD, "/dev/zero")),
    Case("it is deep", RESUME, 5, NOT_WRITTEN, text(RECORD, DEEP)),
    Case("it is deep within", RESUME, 5, NOT_WRITTEN, text(RECORD, f'{{"a": {"[" * 900}{"]" * 900}}}')),
    Case("it is large", RESUME, 5, NOT_WRITTEN, text(RECORD, " " * (65 * 2**20))),
    Case("it is of many keys", RESUME, 5, NOT_WRITTEN, text(RECORD, "[" + "1," * 3_100_000 + "1]")),
    Case("it isn't UTF-8", RESUME, 5, NOT_WRITTEN, text(RECORD, b'{"format": 1, "teachers": {"\xff": 1}}')),
    *(
        Case(f"it is {content!r}", RESUME, 5, NOT_WRITTEN, text(RECORD, content))
        for content in ("null", "[]", "7", "{}", '"x"', '{"format": 1}', '{"format": true, "teachers": {}}')
    ),
    Case("it is newer", RESUME, 5, "this version of netspec reads", record(format=2)),
    Case(
        "its format is a huge number", RESUME, 5, NOT_WRITTEN, replaced(RECORD, '"format": 1', f'"format": {"9" * 99}')
    ),
    *(
        Case(f"its teachers are {value!r}", RESUME, 5, NOT_WRITTEN, record(teachers=value))
        for value in (None, [], 1, "run", {"run": None}, {"run": []}, {"run": "x"}, {"run": {}}, {"\ud800": {}})
    ),
    *(
        Case(f"{key} is {value!r}", RESUME, 5, NOT_WRITTEN, teacher(**{key: value}))
        for key in ("folder", "checkpoint", "digest")
        for value in (None, 1, ["x"], {}, "\ud800")
    ),
    Case("it has no teacher", RESUME, 5, "`run`", record(teachers={})),
    Case("it has another teacher", RESUME, 5, "`run`", replaced(RECORD, '"run": {', '"other": {')),
    Case("a key twice", RESUME, 5, NOT_WRITTEN, replaced(RECORD, '"format": 1', '"format": 1, "format": 1')),
    Case(
        "a teacher twice",
        RESUME,
        5,
        NOT_WRITTEN,
        replaced(RECORD, '"run": {', '"run": {"folder": "x", "checkpoint": "y", "digest": "z"}, "run": {'),
    ),
    Case("the digest lies", RESUME, 1, "has other weights than when the run began", teacher(digest="0" * 64)),
    Case("the digest is no digest", RESUME, 5, NOT_WRITTEN, teacher(digest="\u001b[31m<b>")),
    Case("the digest is long", RESUME, 5, NOT_WRITTEN, teacher(digest="0" * 10_000)),
    Case("another run", RESUME, 1, "has other weights than when the run began", other_run),
    Case(
        "a folder that is no run",
        RESUME,
        1,
        "isn't the folder of a run",
        lambda folder: teacher(folder=str(folder / "photos"))(folder),
    ),
    Case("a folder of the system", RESUME, 1, "isn't the folder of a run", teacher(folder="/etc")),
    Case("a relative folder", RESUME, 5, NOT_WRITTEN, teacher(folder="../../etc")),
    Case("a relative folder that is there", RESUME, 5, NOT_WRITTEN, teacher(folder="run")),
    Case("an empty folder", RESUME, 5, NOT_WRITTEN, teacher(folder="")),
    Case("a folder with a zero", RESUME, 5, NOT_WRITTEN, teacher(folder="/x\0y")),
    Case(
        "the run itself", RESUME, 1, "has other weights", lambda folder: teacher(folder=str(folder / "taught"))(folder)
    ),
)
GOES_ON = (
    # the folder that the spec names is taken, and its weights are those that are recorded
    Case("a folder that isn't there", RESUME, 0, "", teacher(folder="/nowhere/\u001b[31m")),
    Case("a name that no folder has", RESUME, 0, "", teacher(folder=f"/{'x' * 5000}")),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_said_and_nothing_is_changed(case: Case, netspec: Netspec, folder: Path) -> None:
    before = case.tried(netspec, folder)
    assert everything(folder) == before


@pytest.mark.parametrize("case", GOES_ON, ids=str)
def test_a_place_that_is_not_there_any_more_is_no_matter(case: Case, netspec: Netspec, folder: Path) -> None:
    case.breaks(folder)
    ended = netspec(*case.command.split())
    assert ended.exit_code == 0, ended.err


def test_a_teacher_whose_run_is_damaged_is_said(netspec: Netspec, folder: Path) -> None:
    both(gone("run/checkpoints"))(folder)
    ended = netspec(*RESUME.split())
    assert (ended.exit_code, "Traceback" in ended.err) == (1, False)
    assert "no checkpoint was saved" in ended.err
