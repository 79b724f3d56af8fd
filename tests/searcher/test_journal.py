"""A journal survives kills and full disks at any byte."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from netspec.problems.base import NetspecError
from netspec.searcher import journal
from netspec.searcher.history import read_history
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work
from tests.searcher.toy import TRIALS, begun, never, searched, stoppable, studied


def read(folder: Path, content: bytes) -> Any:
    (folder / "journal.jsonl").write_bytes(content)
    return read_history(folder)


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


def test_what_could_not_be_read_again_is_never_written(tmp_path: Path) -> None:
    study = studied(tmp_path, searched(), TRIALS, stoppable)
    before = (tmp_path / "journal.jsonl").read_bytes()
    for total in (0, -1, TRIALS - 1, 10**9):
        with pytest.raises(NetspecError):
            study.set_total(total)
    with pytest.raises(ValueError):
        study.set_total(20.0)  # type: ignore[arg-type]
    for number, values in ((0, []), (99, [[1.0]]), (1, [[1.0, 2.0]]), (1, [[float("nan")]])):
        with pytest.raises(ValueError):
            study.confirm(number, values)  # type: ignore[arg-type]
    assert (tmp_path / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome((1.0, 2.0)),
        Outcome((float("inf"),)),
        Outcome(),
        Outcome((1.0,), {0: 1.0}),
        Outcome((1.0,), {2: 1.0, 1: 1.0}),
        Outcome((1.0,), {10**6: 1.0}),
    ],
)
def test_an_outcome_that_is_none_is_a_mistake_of_the_caller_and_leaves_the_trial_lost(
    tmp_path: Path, outcome: Outcome
) -> None:
    study = begun(tmp_path, searched(), TRIALS)
    with pytest.raises(ValueError):
        work(study, lambda _: outcome, wait=never)
    work(study, stoppable, wait=never)
    assert len(study.history.ranked()) > 0


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
