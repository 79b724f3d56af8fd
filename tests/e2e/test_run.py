"""`netspec run` as a user has it: a process of its own, a folder of its own, real digits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.specs import ROOT

FULL_MNIST = Path(os.environ.get("NETSPEC_DATA", "data"))
SAMPLE = "data { source = mnist_sample() }\nmodel { flatten -> linear(10) }\n"


def netspec(folder: Path, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NETSPEC_DATA": str(data or folder / "data"), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "netspec", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def spec(folder: Path, text: str, name: str = "spec.net") -> str:
    (folder / name).write_text(text)
    return name


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[str]]:
    """A run of the first spec on the digits that come with netspec: its folder, and the lines it printed."""
    folder = tmp_path_factory.mktemp("digits")
    text = (ROOT / "specs/mnist_fc.net").read_text().replace("mnist() or mnist_sample()", "mnist_sample()")
    ended = netspec(folder, "run", spec(folder, text, "mnist_fc.net"))
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    return folder / lines[0], lines


def test_the_first_and_the_last_line_are_the_folder(digits: tuple[Path, Sequence[str]]) -> None:
    folder, lines = digits
    assert lines[0] == lines[-1]
    assert folder.is_dir() and folder.parent.name == "mnist_fc"
    assert (folder.parent / "latest").resolve() == folder.resolve()


def test_the_sample_is_learned(digits: tuple[Path, Sequence[str]]) -> None:
    run = json.loads((digits[0] / "run.json").read_text())
    assert run["test"]["accuracy"] >= 0.92


def test_everything_of_the_run_is_in_its_folder(digits: tuple[Path, Sequence[str]]) -> None:
    folder = digits[0]
    there = {path.name for path in folder.iterdir()}
    assert there == {
        "spec.net",
        "spec.json",
        "plan.json",
        "metrics.jsonl",
        "metrics.csv",
        "run.json",
        "checkpoints",
        "plots",
        "report.html",
    }
    assert json.loads((folder / "plan.json").read_text())["parameters"] == 235_914


def test_an_object_an_epoch(digits: tuple[Path, Sequence[str]]) -> None:
    rows = [json.loads(line) for line in (digits[0] / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    assert {"train.loss", "train.accuracy", "train.seconds", "validation.loss", "validation.accuracy"} <= rows[0].keys()


def test_there_is_no_pickle_in_a_run_folder(digits: tuple[Path, Sequence[str]]) -> None:
    names = {path.suffix for path in digits[0].rglob("*") if path.is_file()}
    assert names == {".net", ".json", ".jsonl", ".csv", ".safetensors", ".png", ".html"}


def test_one_plain_line_an_epoch(digits: tuple[Path, Sequence[str]]) -> None:
    assert sum("epoch" in line and "train.loss" in line for line in digits[1]) == 5
    assert not any("\x1b" in line or "\r" in line for line in digits[1])


def test_the_data_that_was_taken_instead_is_named_everywhere(tmp_path: Path) -> None:
    text = SAMPLE.replace("mnist_sample()", "mnist(download=false) or mnist_sample()") + "train { epochs = 1 }"
    ended = netspec(tmp_path, "run", spec(tmp_path, text), "--out", "here")
    assert ended.returncode == 0, ended.stderr
    assert "mnist_sample()" in ended.stdout and "NOTE" in ended.stdout
    note = json.loads((tmp_path / "here/run.json").read_text())["data"]["note"]
    assert "is not in" in note
    assert "mnist_sample()" in (tmp_path / "here/report.html").read_text()


def test_a_mistake_costs_no_training_and_leaves_nothing(tmp_path: Path) -> None:
    ended = netspec(tmp_path, "run", spec(tmp_path, SAMPLE.replace("linear", "linaer")))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "did you mean `linear`?" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["spec.net"]


def test_data_that_cannot_be_had(tmp_path: Path) -> None:
    ended = netspec(tmp_path, "run", spec(tmp_path, SAMPLE.replace("mnist_sample()", "mnist(download=false)")))
    assert ended.returncode == 3
    assert "NS501" in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "runs").exists()


def test_a_learning_rate_that_is_much_too_large(tmp_path: Path) -> None:
    ended = netspec(tmp_path, "run", spec(tmp_path, SAMPLE + "train { optimizer = sgd(lr=1e38)\n epochs = 2 }"))
    assert ended.returncode == 4
    assert "NS601" in ended.stderr and "spec.net:3:28" in ended.stderr


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here/thesis.tex").write_text("years of work")
    ended = netspec(tmp_path, "run", spec(tmp_path, SAMPLE), "--out", "here")
    assert ended.returncode == 5
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["thesis.tex"]


INTERRUPTIBLE = """
import signal, sys
# where the tests run in the background, what they start would ignore the signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from netspec.cli import main
main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("sent", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_keeps_its_checkpoints(tmp_path: Path, sent: signal.Signals, exit_code: int) -> None:
    text = SAMPLE + "train { epochs = 10_000 }"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", INTERRUPTIBLE, "run", spec(tmp_path, text), "--out", "here"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    checkpoints = tmp_path / "here/checkpoints"
    deadline = time.monotonic() + 60
    while not list(checkpoints.glob("epoch-*/MANIFEST.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(sent)
    _, said = process.communicate(timeout=30)
    assert process.returncode == exit_code
    (line,) = said.split("\n")[-2:-1]
    assert line == "interrupted; `netspec run --resume here` goes on from the last checkpoint"
    assert "Traceback" not in said
    assert list(checkpoints.glob("epoch-*/MANIFEST.json"))
    assert not [path.name for path in (tmp_path / "here").rglob(".*")]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_before_its_first_step_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", INTERRUPTIBLE, "run", spec(tmp_path, SAMPLE)]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/spec/*/plan.json")) and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(sent)
    process.communicate(timeout=30)
    assert process.returncode == 128 + sent
    # it may have begun in the meantime
    left = [path.name for path in tmp_path.rglob("*")]
    assert left == ["spec.net"] or ("plan.json" in left and ".lock" not in left)


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    text = SAMPLE + "train { epochs = 10_000 }"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "netspec", "run", spec(tmp_path, text), "--out", "here"]
    first = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        first.stdout.readline()  # it has its folder
        second = netspec(tmp_path, "run", "spec.net", "--out", "here")
    finally:
        first.terminate()
        first.communicate(timeout=30)
    assert second.returncode == 6
    assert "NS702" in second.stderr


@pytest.mark.skipif(
    not shutil.which("mount") or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a mount"
)
def test_a_full_disk_is_said_and_leaves_no_half_checkpoint(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("no mount here")
    try:
        text = SAMPLE.replace("flatten ->", "flatten -> linear(64) -> relu ->") + "train { epochs = 3 }"
        ended = netspec(tmp_path, "run", spec(tmp_path, text), "--out", "small/run")
        assert ended.returncode == 5
        assert "NS704" in ended.stderr and "Traceback" not in ended.stderr
        assert not list(small.rglob(".tmp-*"))
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.skipif(not (FULL_MNIST / "MNIST/raw").is_dir(), reason="the full MNIST isn't here")
def test_full_mnist_is_learned(tmp_path: Path) -> None:
    shutil.copy(ROOT / "specs/mnist_fc.net", tmp_path)
    ended = netspec(tmp_path, "run", "mnist_fc.net", "--out", "here", data=FULL_MNIST.absolute())
    assert ended.returncode == 0, ended.stderr
    run = json.loads((tmp_path / "here/run.json").read_text())
    assert run["test"]["accuracy"] >= 0.975
    assert run["data"]["source"] == "mnist()"
