"""A trial whose process crashes again and again has failed; one whose process is killed goes on, however often."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from netspec.searcher import crashes
from netspec.searcher.crashes import LIMIT
from netspec.searcher.study import Study, Task
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work
from tests.searcher.toy import FINITE, begun, complete, method, never, studied, terms

GRID, TOTAL, BAD = terms(method("grid"), FINITE), 9, 2


@pytest.fixture
def oom_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the system says how many processes it has ended as memory ran out."""
    path = tmp_path / "vmstat"
    path.write_text("nr_free_pages 1\noom_kill 7\n")
    monkeypatch.setattr(crashes, "VMSTAT", path)
    return path


def ends_by(folder: Path, action: Callable[[Task], None]) -> int:
    """Go on with a study in a process of its own, which does something in one trial; the signal that ended the process,
    0 if none did."""
    child = os.fork()
    if not child:
        try:
            faulthandler.disable()  # pytest's
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            work(begun(folder, GRID, TOTAL), lambda task: run(task, action), wait=never)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def run(task: Task, action: Callable[[Task], None]) -> Outcome:
    if task.trial.number == BAD:
        action(task)
    return complete(task)


def sends(number: signal.Signals) -> Callable[[Task], None]:
    return lambda task: os.kill(os.getpid(), number)


def saves_and_crashes(task: Task) -> None:
    checkpoints = task.folder / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    (checkpoints / f"epoch-{len(list(checkpoints.iterdir())) + 1:04}").mkdir()
    os.kill(os.getpid(), signal.SIGSEGV)


def failure_in(study: Study) -> tuple[str, str] | None:
    outcome = study.refresh().outcome(BAD)
    assert outcome is not None
    return None if outcome.failure is None else (outcome.failure.code, outcome.failure.message)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, "Segmentation fault"),
        (signal.SIGABRT, "Aborted"),
        (signal.SIGBUS, "Bus error"),
        (signal.SIGFPE, "Floating point exception"),
    ],
)
def test_a_trial_that_crashes_its_process_three_times_has_failed_and_the_others_go_on(
    tmp_path: Path, number: signal.Signals, words: str
) -> None:
    folder = tmp_path / "study"
    assert [ends_by(folder, sends(number)) for _ in range(LIMIT + 1)] == [number] * LIMIT + [0]
    study = begun(folder, GRID, TOTAL)
    assert failure_in(study) == ("NS717", f"the process of the trial crashed 3 times: {words}")
    assert [trial.number for trial in study.history.ranked()] != [] and not study.history.open()
    assert len(study.history.trials) == TOTAL and not list((folder / "leases").iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_trial_whose_process_is_killed_never_fails(tmp_path: Path, oom_kills: Path, number: signal.Signals) -> None:
    folder = tmp_path / "study"
    assert [ends_by(folder, sends(number)) for _ in range(8)] == [number] * 8
    assert ends_by(folder, lambda task: None) == 0
    assert failure_in(begun(folder, GRID, TOTAL)) is None
    studied(tmp_path / "whole", GRID, TOTAL)
    assert (folder / "journal.jsonl").read_bytes() == (tmp_path / "whole" / "journal.jsonl").read_bytes()


def test_crashes_after_a_new_checkpoint_are_counted_anew(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert [ends_by(folder, saves_and_crashes) for _ in range(6)] == [signal.SIGSEGV] * 6
    assert ends_by(folder, lambda task: None) == 0
    assert failure_in(begun(folder, GRID, TOTAL)) is None


def test_a_process_that_the_system_ends_for_its_memory_has_crashed(tmp_path: Path, oom_kills: Path) -> None:
    def is_too_large(task: Task) -> None:
        kills = int(oom_kills.read_text().split()[-1])
        oom_kills.write_text(f"nr_free_pages 1\noom_kill {kills + 1}\n")
        os.kill(os.getpid(), signal.SIGKILL)

    folder = tmp_path / "study"
    assert [ends_by(folder, is_too_large) for _ in range(LIMIT + 1)] == [signal.SIGKILL] * LIMIT + [0]
    reason = "the process of the trial crashed 3 times: the system ended it as memory ran out"
    assert failure_in(begun(folder, GRID, TOTAL)) == ("NS717", reason)


def test_a_process_that_gives_a_trial_back_has_not_crashed_whatever_happens_later(
    tmp_path: Path, oom_kills: Path
) -> None:
    study = begun(tmp_path / "study", GRID, TOTAL)
    for kills in range(8, 20):
        task = study.take()
        assert isinstance(task, Task) and task.trial.number == 1 and task.lease.crashes == ()
        task.lease.close()
        oom_kills.write_text(f"oom_kill {kills}\n")


def test_crashes_are_counted_over_processes_that_ended_otherwise(tmp_path: Path, oom_kills: Path) -> None:
    folder = tmp_path / "study"
    for _ in range(LIMIT):
        assert ends_by(folder, sends(signal.SIGSEGV)) == signal.SIGSEGV
        if len(begun(folder, GRID, TOTAL).refresh().open()) == 1:
            ends_by(folder, sends(signal.SIGKILL))
    assert ends_by(folder, lambda task: None) == 0
    assert failure_in(begun(folder, GRID, TOTAL)) is not None


def test_where_the_system_does_not_say_what_it_ended_nothing_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crashes, "VMSTAT", tmp_path / "nowhere")
    folder = tmp_path / "study"
    assert [ends_by(folder, sends(signal.SIGKILL)) for _ in range(4)] == [signal.SIGKILL] * 4
    assert ends_by(folder, lambda task: None) == 0
    assert failure_in(begun(folder, GRID, TOTAL)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\n",
        b"[" * 60_000 + b"\n",
        b'{"at": 1, "crashes": [1, 2, 3], "killed": "x"}\n',
        b'{"at": "", "crashes": {"a": 1}, "killed": -1}\nFatal Python error: x\n',
        b"Fatal Python error: Aborted\n" * 5,
        b"x" * 10_000_000,
    ],
)
def test_what_stands_in_the_file_of_a_lease_can_only_be_no_crash(tmp_path: Path, content: bytes) -> None:
    study = begun(tmp_path / "study", GRID, TOTAL)
    task = study.take()
    assert isinstance(task, Task)
    task.lease.close()
    (tmp_path / "study" / "leases" / "0001").write_bytes(content)
    task = study.take()
    assert isinstance(task, Task) and task.lease.crashes == ()
    task.lease.close()
    assert (tmp_path / "study" / "leases" / "0001").stat().st_size < 200
