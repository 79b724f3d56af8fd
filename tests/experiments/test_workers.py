"""Several processes run the trials of one study, and it is the same study."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netspec import api
from netspec.experiments.news import TrialEnded
from netspec.experiments.workers import _Worker, with_threads
from netspec.problems import NetspecError
from netspec.searcher.history import read_history
from tests.experiments.conftest import changed, values


@pytest.fixture
def parallel(spec: Path) -> Path:
    return changed(
        spec, ("random(trials=4)", "tpe(trials=8, startup_trials=2)\n  parallel = 4"), ("epochs = 3", "epochs = 20")
    )


def test_a_study_of_workers_is_that_of_one_process(parallel: Path) -> None:
    alone = api.search(parallel, out="alone", device="cpu")
    told: list[TrialEnded] = []
    study = api.begin_search(parallel, out="several")
    several = api.run_search(study, workers=2, device="cpu", on_trial=told.append)
    assert values(several.history) == values(alone.history)
    assert sorted(ended.trial.number for ended in told) == list(range(1, 9))
    assert not list(Path("several/leases").iterdir())


def test_a_worker_that_is_killed_loses_nothing(parallel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = api.search(parallel, out="alone", device="cpu")
    started: list[_Worker] = []
    start = _Worker.start
    monkeypatch.setattr(_Worker, "start", lambda *arguments: started.append(start(*arguments)) or started[-1])
    study = api.begin_search(parallel, out="several")

    def kill(ended: TrialEnded) -> None:
        started[0].process.kill()

    several = api.run_search(study, workers=2, device="cpu", on_trial=kill)
    assert started[0].process.returncode == -signal.SIGKILL
    assert values(several.history) == values(alone.history)


def test_where_all_workers_are_killed_it_is_said_and_the_study_goes_on_later(
    parallel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = _Worker.start

    def dead(*arguments: object) -> _Worker:
        worker = start(*arguments)  # type: ignore[arg-type]
        worker.process.kill()
        return worker

    monkeypatch.setattr(_Worker, "start", dead)
    study = api.begin_search(parallel, out="several")
    with pytest.raises(NetspecError, match="have ended before its trials, with -9"):
        api.run_search(study, workers=2, device="cpu")
    assert len(api.resume_search("several", device="cpu").history.trials) == 8


SPEAKS = """
import sys, time
from pathlib import Path
for line in ("warning: of both", "warning: of " + sys.argv[1]):
    print(line, file=sys.stderr, flush=True)
deadline = time.monotonic() + 60
while not Path("heard").exists() and time.monotonic() < deadline:
    time.sleep(0.01)
late = time.monotonic() >= deadline
print("too late" if late else "warning: the last, without an end", end="", file=sys.stderr)
"""


def test_what_workers_say_is_passed_on_while_they_run_and_once(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names, said = iter(("one", "two")), list[str]()

    def start(*arguments: object) -> _Worker:
        return _Worker(
            subprocess.Popen(
                [sys.executable, "-c", SPEAKS, next(names)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )

    def warn(line: str) -> None:
        said.append(line)
        if len(said) == 3:  # they wait for it
            Path("heard").touch()

    monkeypatch.setattr(_Worker, "start", start)
    study = api.begin_search(spec, out="several")
    with pytest.raises(NetspecError, match="have ended before its trials, with 0"):
        api.run_search(study, workers=2, warn=warn)
    assert sorted(said[:3]) == ["warning: of both", "warning: of one", "warning: of two"]
    assert said[3:] == ["warning: the last, without an end"]


def test_the_processors_are_divided() -> None:
    assert with_threads({"HOME": "/"}, 2) == {"HOME": "/", "OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    assert with_threads({"OMP_NUM_THREADS": "1"}, 4)["OMP_NUM_THREADS"] == "1", "who sets fewer has fewer"


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "netspec", "search", *arguments, "--device", "cpu"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ended_trials(folder: str) -> int:
    if not Path(folder, "journal.jsonl").exists():
        return 0
    return sum(trial.outcome is not None for trial in read_history(Path(folder)).trials)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_command_and_the_study_goes_on(parallel: Path, sent: signal.Signals) -> None:
    changed(parallel, ("epochs = 20", "epochs = 60"))
    process = command(str(parallel), "--out", "several", "--workers", "2")
    until(lambda: ended_trials("several") > 0)
    os.kill(process.pid, sent)
    _, errors = process.communicate(timeout=60)
    if sent == signal.SIGINT:
        assert process.returncode == 130 and "`netspec search --resume several` goes on" in errors
    until(lambda: not held("several"))
    assert ended_trials("several") < 8
    process = command("--resume", "several", "--workers", "2")
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0 and "best      trial" in out
    assert ended_trials("several") == 8


def held(folder: str) -> bool:
    """Whether a process still runs a trial."""
    import fcntl

    for lease in Path(folder, "leases").iterdir():
        with lease.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False
