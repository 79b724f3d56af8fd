"""What breaks while a run is under way: the message says what, and the last good checkpoint stays to go on from."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netspec.problems import NetspecError
from netspec.runner.events import EpochEnded, Event
from netspec.runner.store.checkpoints import Checkpoints
from netspec.saved.moment import Moment
from tests.runs import resume_one, run_one
from tests.specs import ROOT

SPEC = """
data { source = csv("table.csv", target="y"), validation = 25%, batch_size = 8 }
model { linear(4) -> relu -> linear(2) }
train { epochs = 4, checkpoint = every(1 epoch, keep=4) }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec.net").write_text(SPEC)
    rows = [f"{n / 10},{n % 7},{n % 2}" for n in range(40)]
    Path("table.csv").write_text("\n".join(["a,b,y", *rows, ""]))
    return tmp_path


def after_epoch(epoch: int, happens: Callable[[], object]) -> Callable[[Event], None]:
    """A listener: something happens once that epoch is saved."""

    def listen(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == epoch:
            happens()

    return listen


def newest() -> Moment:
    found, damages = Checkpoints(Path("run/checkpoints")).newest()
    assert found is not None and damages == ()
    assert not list(Path("run").rglob(".tmp-*"))
    return Moment(found.state["epoch"], found.state["batch"])


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.ENOSPC, "NS704", "the disk of `run/checkpoints` is full: No space left on device"),
        (errno.EDQUOT, "NS704", "the disk of `run/checkpoints` is full: Disk quota exceeded"),
        (errno.EROFS, "NS701", "can't write to `run/checkpoints`: Read-only file system"),
        (errno.EACCES, "NS701", "can't write to `run/checkpoints`: Permission denied"),
        (errno.EIO, "NS701", "can't write to `run/checkpoints`: Input/output error"),
    ],
)
def test_a_disk_that_fails_mid_run_costs_no_checkpoint(
    monkeypatch: pytest.MonkeyPatch, number: int, code: str, said: str
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(NetspecError) as error, monkeypatch.context() as patched:
        run_one("spec.net", out="run", on_event=after_epoch(2, lambda: patched.setattr(os, "mkdir", fail)))
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.code, diagnostic.message, error.value.exit_code) == (code, said, 5)
    assert newest() == Moment(2)
    assert len(resume_one("run").history) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="limits")
def test_a_limit_of_the_size_of_files_costs_no_checkpoint() -> None:
    # blocks of 512 or 1024 bytes: the spec and a checkpoint of so small a network have room, its state grows
    wide = SPEC.replace("linear(4)", "linear(4_000)").replace("epochs = 4", "epochs = 4, optimizer = adam")
    Path("wide.net").write_text(wide)
    command = f"ulimit -f 60; exec {sys.executable} -m netspec run wide.net --out run --device cpu"
    paths = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(["sh", "-c", command], env=paths, capture_output=True, text=True, check=False)
    assert ended.returncode == 5
    assert "the disk of `run/checkpoints` is full: File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(Path("run").rglob(".tmp-*"))


def test_a_folder_that_is_gone_mid_run_is_said() -> None:
    with pytest.raises(NetspecError, match="can't write to `run/checkpoints`: No such file") as error:
        run_one("spec.net", out="run", on_event=after_epoch(2, lambda: shutil.rmtree("run")))
    assert error.value.exit_code == 5
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("content", "said", "exit_code"),
    [
        (None, "there is no file `table.csv`", 3),
        ("", "`table.csv` is empty", 3),
        ("a,b,y\n1,2,0\n1,x,1\n", "is not a number", 3),
        ("a,b,y\n" + "1,2,0\n2,1,1\n" * 20, "the data isn't what the run began with", 3),
    ],
    ids=["gone", "empty", "broken", "other"],
)
def test_data_that_dies_mid_run_costs_nothing_until_it_is_resumed(
    content: str | None, said: str, exit_code: int
) -> None:
    def die() -> None:
        before = Path("table.csv").read_text()
        Path("table.csv").unlink()
        if content is not None:
            Path("table.csv").write_text(content)
        Path("kept.csv").write_text(before)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_one("spec.net", out="run", on_event=after_epoch(2, die))
    assert newest() == Moment(2)
    with pytest.raises(NetspecError) as error:
        resume_one("run")
    assert error.value.exit_code == exit_code
    assert said in error.value.diagnostics[0].message
    assert newest() == Moment(2)
    Path("kept.csv").replace("table.csv")
    assert len(resume_one("run").history) == 4


def test_data_that_goes_while_a_run_trains_is_not_missed() -> None:
    result = run_one("spec.net", out="run", on_event=after_epoch(1, Path("table.csv").unlink))
    assert len(result.history) == 4
