"""`netspec run --quiet` is for scripts: the run folder on a line, and nothing else unless something is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netspec.report.quiet import Quiet
from netspec.runner.events import PartStarted, Resumed, RolledBack, RunResult, Started
from netspec.saved.moment import Moment
from tests.cli.conftest import Netspec
from tests.report.conftest import events_of, make_result

SPEC = "data { source = iris(), test = 20% }\nmodel { linear(3) }\ntrain { epochs = 2 }\n"
FOLDS = "data { source = iris(), validation = kfold(2) }\nmodel { linear(3) }\ntrain { epochs = 1 }\n"


def newest(folder: Path, name: str) -> str:
    (found,) = (folder / "runs" / name).glob("2*")
    return str(found.relative_to(folder))


@pytest.mark.parametrize("text", [SPEC, FOLDS], ids=["one run", "folds"])
def test_standard_output_is_the_run_folder_and_standard_error_is_empty(
    netspec: Netspec, folder: Path, text: str
) -> None:
    (folder / "a.net").write_text(text)
    ended = netspec("run", "a.net", "--quiet", "--device", "cpu")
    assert (ended.exit_code, ended.out, ended.err) == (0, f"{newest(folder, 'a')}\n", "")
    assert (folder / newest(folder, "a") / "report.html").exists()
    again = netspec("run", "--resume", "a.net", "-q")
    assert (again.exit_code, again.out) == (0, ended.out)
    assert "is finished" in again.err


def test_warnings_of_the_spec_and_of_the_data_go_to_standard_error(netspec: Netspec, folder: Path) -> None:
    rows = [f"{n},{'a' if n > 3 else 'bc'[n % 2]}" for n in range(200)]
    (folder / "t.csv").write_text("x,kind\n" + "\n".join(rows) + "\n")
    spec = 'data { source = csv("t.csv", target="kind"), test = 5% }\nmodel { linear(3) -> softmax }\n'
    (folder / "a.net").write_text(spec + "train { epochs = 1 }\n")
    ended = netspec("run", "a.net", "-q", "--device", "cpu")
    assert (ended.exit_code, ended.out) == (0, f"{newest(folder, 'a')}\n")
    assert "warning[NS" in ended.err
    assert ended.err.count(": the classes `b`, `c` have few samples") == 1


def test_a_dry_run_says_nothing_if_all_of_it_works(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC)
    assert netspec("run", "a.net", "-q", "--smoke", "--device", "cpu") == (0, "", "")


def test_a_failed_assertion_ends_with_its_exit_code_and_the_folder_is_told(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC + "assert test.loss < 0\n")
    ended = netspec("run", "a.net", "-q", "--device", "cpu")
    assert (ended.exit_code, ended.out) == (7, f"{newest(folder, 'a')}\n")
    assert "test.loss < 0" in ended.err
    again = netspec("run", "--resume", "a.net", "-q")
    assert (again.exit_code, again.out) == (7, ended.out)


def test_errors_are_told(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SPEC.replace("linear(3)", "linear(4)"))
    ended = netspec("run", "a.net", "-q")
    assert (ended.exit_code, ended.out) == (1, "")
    assert "4 outputs" in ended.err


def test_ctrl_c_ends_it_as_ever(folder: Path) -> None:
    (folder / "a.net").write_text(SPEC.replace("epochs = 2", "epochs = 100_000"))
    arguments = [sys.executable, "-m", "netspec", "run", "a.net", "-q", "--device", "cpu"]
    process = subprocess.Popen(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        while not list(folder.glob("runs/a/2*/metrics.jsonl")):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert "netspec run --resume" in err


def told(events: list[Any]) -> list[str]:
    said: list[str] = []
    quiet = Quiet(said.append)
    for event in events:
        quiet(event)
    return said


def test_what_a_run_warns_of_is_told_once(tmp_path: Path) -> None:
    result: RunResult = make_result(tmp_path)
    result = replace(result, data=replace(result.data, warnings=("rare classes",)), notes=("`swa` never began",))
    started, *rest = events_of(result)
    assert isinstance(started, Started)
    resumed = replace(started, resumed=Resumed(Moment(2), ("a checkpoint is damaged",), ("another torch",)))
    rolled_back = RolledBack(Moment(1), "the loss is NaN", 0.5, ())
    part: Any = PartStarted
    parts = [part(None, number, 2, tmp_path) for number in (1, 2)]
    assert told([parts[0], resumed, rolled_back, *rest, parts[1], resumed, *rest]) == [
        f"not the first data set of the spec: {result.data.note}",
        "rare classes",
        "a checkpoint is damaged",
        "not bit for bit: another torch",
        "the loss is NaN; back to epoch 1, and on at 0.5 of the learning rate",
        "`swa` never began",
    ]
