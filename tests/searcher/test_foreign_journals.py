"""A journal that isn't what a study wrote is refused in words: which line, and why."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netspec.problems.base import NetspecError
from netspec.searcher.history import read_history
from tests.campaigns import studies
from tests.searcher.journals import records_of, seal
from tests.searcher.toy import FINITE, TRIALS, begun, method, searched, stoppable, studied, terms


def read(folder: Path, content: bytes) -> Any:
    (folder / "journal.jsonl").write_bytes(content)
    return read_history(folder)


def refusal(folder: Path, content: bytes) -> tuple[str, str]:
    """The code and the message with which a journal is refused."""
    with pytest.raises(NetspecError) as error:
        read(folder, content)
    (found,) = error.value.diagnostics
    return found.code, found.message.replace(str(folder), "…")


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
