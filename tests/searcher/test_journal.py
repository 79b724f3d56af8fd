"""A journal survives kills and full disks at any byte, and what comes from elsewhere is refused in words."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from netspec.problems.base import NetspecError
from netspec.searcher import journal
from netspec.searcher.history import read_history
from netspec.searcher.terms import Terms
from netspec.searcher.worker import work
from tests.campaigns import studies
from tests.searcher.journals import records_of, seal
from tests.searcher.toy import FINITE, begun, method, never, stop, stoppable, studied, terms

TRIALS = 8


def searched() -> Terms:
    return terms(method("tpe", trials=TRIALS, startup_trials=3), stop=stop("median", startup_trials=2), epochs=3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The journal of a study that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    studied(folder, searched(), TRIALS, stoppable)
    return (folder / "journal.jsonl").read_bytes()


def read(folder: Path, content: bytes) -> Any:
    (folder / "journal.jsonl").write_bytes(content)
    return read_history(folder)


def refusal(folder: Path, content: bytes) -> tuple[str, str]:
    """The code and the message with which a journal is refused."""
    with pytest.raises(NetspecError) as error:
        read(folder, content)
    (found,) = error.value.diagnostics
    return found.code, found.message.replace(str(folder), "…")


# ---- torn lines ----


def test_a_journal_that_was_cut_at_any_byte_goes_on_to_the_same_end(tmp_path: Path, whole: bytes) -> None:
    chance = Random(0)
    for size in (0, 1, len(whole) - 1, *chance.sample(range(len(whole)), 20)):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / "journal.jsonl").write_bytes(whole[:size])
        work(begun(folder, searched(), TRIALS), stoppable, wait=never)
        assert (folder / "journal.jsonl").read_bytes() == whole, size


def test_zeros_behind_the_last_line_as_a_power_cut_leaves_them_are_removed(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "journal.jsonl").write_bytes(whole[: whole.index(b"\n", 900) + 1] + bytes(300))
    work(begun(tmp_path, searched(), TRIALS), stoppable, wait=never)
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


def test_a_reader_takes_a_line_that_is_being_written_for_none(tmp_path: Path, whole: bytes) -> None:
    lines = whole.splitlines(keepends=True)
    before = read(tmp_path, b"".join(lines[:5]))
    assert read(tmp_path, b"".join(lines[:5]) + lines[5][:-1]).trials == before.trials


def test_whoever_has_a_study_open_sees_what_others_write(tmp_path: Path) -> None:
    one, other = begun(tmp_path, searched(), TRIALS), begun(tmp_path, searched(), TRIALS)
    work(one, stoppable, wait=never)
    assert other.history.trials == []
    assert other.refresh().trials == one.history.trials


# ---- full disks ----


@pytest.mark.parametrize("number", range(0, 2 * TRIALS + 1, 3))
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_full_disk_pauses_the_study_and_loses_nothing(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, number: int, share: float
) -> None:
    """The write of one line fails, after some of it or all of it."""
    written = 0

    def full(descriptor: int, content: bytes) -> None:
        nonlocal written
        written += 1
        if written == number + 1:
            os.write(descriptor, content[: int(len(content) * share)])
            raise OSError(errno.ENOSPC, "No space left on device")
        os.write(descriptor, content)

    monkeypatch.setattr(journal, "_write_all", full)
    with pytest.raises(NetspecError) as error:
        work(begun(tmp_path, searched(), TRIALS), stoppable, wait=never)
    assert [item.code for item in error.value.diagnostics] == ["NS704"]
    lines = whole.splitlines(keepends=True)
    assert (tmp_path / "journal.jsonl").read_bytes() == b"".join(lines[:number])
    work(begun(tmp_path, searched(), TRIALS), stoppable, wait=never)
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


def test_a_study_goes_on_in_the_same_process_after_a_full_disk(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, real, failing = begun(tmp_path, searched(), TRIALS), os.fsync, iter([False, True] * TRIALS * 3)

    def sometimes(descriptor: int) -> None:
        if next(failing):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sometimes)
    for _ in range(TRIALS * 3):
        try:
            work(study, stoppable, wait=never)
            break
        except NetspecError as error:
            assert error.diagnostics[0].code == "NS704"
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


# ---- what isn't what was written ----


def with_line(number: int, change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    """Change what a line says, with checksums that are right again."""

    def changed(content: bytes) -> bytes:
        records = records_of(content)
        change(records[number - 1])
        return seal(records)

    return changed


def swapped(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    return b"".join(lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.replace(b'"trial":2', b'"trial":3'), "line 4: its checksum is another one"),
        (swapped, "line 4: its checksum is another one"),
        (lambda content: content + content.splitlines(keepends=True)[-1], "line 18: its checksum is another one"),
        (lambda content: content.replace(b"\n", b"\n\n", 2), "line 2: it isn't a line of a journal"),
        (lambda content: content + b"x" * (5 * 2**20) + b"\n", "line 18: it is too long"),
        (lambda content: content + b"[" * 100_000 + b"\n", "line 18: it isn't a line of a journal"),
        (lambda content: content + b'{"sum":NaN}\n', "line 18: it isn't a line of a journal"),
        (with_line(4, lambda line: line.update(trial=7)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line["params"].update(x=9.0)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line["params"].update(width=2.0)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line["params"].update(width=True)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line["params"].update(kind="__import__")), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line["params"].update(other=1)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line.update(same_as=1)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line.update(same_as=None)), "line 4: it isn't a line of this study"),
        (with_line(4, lambda line: line.update(more=1)), "line 4: it isn't a line of this study"),
        (with_line(5, lambda line: line.update(ended=1)), "line 5: it isn't a line of this study"),
        (with_line(5, lambda line: line.update(values=[1, 2])), "line 5: it isn't a line of this study"),
        (with_line(5, lambda line: line.update(values=["1"])), "line 5: it isn't a line of this study"),
        (with_line(5, lambda line: line["course"].reverse()), "line 5: it isn't a line of this study"),
        (with_line(5, lambda line: line.update(course=[[0, 1.0]])), "line 5: it isn't a line of this study"),
        (with_line(5, lambda line: line.clear()), "line 5: it isn't a line of this study"),
        (with_line(1, lambda line: line.update(total=0)), "line 1: it isn't a line of this study"),
        (with_line(1, lambda line: line.update(total=10**9)), "line 1: it isn't a line of this study"),
        (with_line(1, lambda line: line["terms"].update(parallel=0)), "line 1: it isn't a line of this study"),
        (with_line(1, lambda line: line["terms"]["method"].update(op="os")), "line 1: it isn't a line of this study"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_what_was_written_is_refused(
    tmp_path: Path, whole: bytes, change: Callable[[bytes], bytes], said: str
) -> None:
    content = change(whole)
    assert content != whole
    code, message = refusal(tmp_path, content)
    assert code == "NS712" and message.startswith(f"the journal `…/journal.jsonl` is damaged in {said}"), message


def test_a_folder_without_a_journal_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match="it has no journal"):
        read_history(tmp_path)
    assert refusal(tmp_path, b"") == ("NS711", "`…` isn't the folder of a study: its journal is empty")


def test_the_format_of_a_later_version_is_refused(tmp_path: Path, whole: bytes) -> None:
    assert refusal(tmp_path, with_line(1, lambda line: line.update(format=2))(whole))[0] == "NS710"


def test_a_journal_that_is_a_link_or_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "elsewhere").write_bytes(whole)
    study = tmp_path / "study"
    study.mkdir()
    (study / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NetspecError, match="link out of"):
        read_history(study)
    with pytest.raises(NetspecError):
        begun(study, searched(), TRIALS)
    (study / "journal.jsonl").unlink()
    os.mkfifo(study / "journal.jsonl")
    with pytest.raises(NetspecError, match="isn't a regular file"):
        read_history(study)
    assert (tmp_path / "elsewhere").read_bytes() == whole


def test_a_journal_that_became_shorter_is_damaged(tmp_path: Path, whole: bytes) -> None:
    study = studied(tmp_path, searched(), TRIALS, stoppable)
    (tmp_path / "journal.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    with pytest.raises(NetspecError, match="it is shorter than it was"):
        study.refresh()


def test_changed_journals_are_read_as_written_or_refused(tmp_path: Path) -> None:
    found = [studies.read_hostile(tmp_path, number) for number in range(120)]
    assert found.count("refused") > 80 and len(set(found)) > 1


def test_the_lines_of_a_serial_study_say_nothing_that_differs_from_run_to_run(tmp_path: Path) -> None:
    """Neither times nor processes: two studies are the same file."""
    for name in ("one", "two"):
        studied(tmp_path / name, terms(method("grid"), FINITE), 9)
    one, two = ((tmp_path / name / "journal.jsonl").read_text() for name in ("one", "two"))
    assert one == two
    first = json.loads(one.splitlines()[1])
    assert {key: first[key] for key in ("trial", "params")} == {"trial": 1, "params": {"width": 1, "kind": "relu"}}
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["journal.jsonl", "journal.lock", "leases"]
    assert not any((tmp_path / "one" / "leases").iterdir())
