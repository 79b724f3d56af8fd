"""Runs that end after their last step but before their report: resuming writes what is missing and sweeps the rest."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from netspec import files
from netspec.runner.store.checkpoints import Checkpoints
from netspec.saved.moment import Moment
from tests.cli.conftest import Netspec
from tests.security.ground import everything

KILLED = "netspec.report.html.render"
FOLDS = "validation = kfold(2)"


class Killed(BaseException):
    """The process is gone."""


def killed(monkeypatch: pytest.MonkeyPatch, netspec: Netspec, command: str, error: BaseException | None = None) -> None:
    """A command that is killed, or fails, while it writes the report."""

    def fails(*arguments: Any) -> str:
        raise error or Killed

    with monkeypatch.context() as patch, pytest.raises(Killed if error is None else type(error)):
        patch.setattr(KILLED, fails)
        netspec(*command.split())


def record(run: Path) -> dict[str, Any]:
    found = json.loads((run / "run.json").read_text())
    del found["seconds"], found["last_epoch"]["train.seconds"]
    return found


def left(run: Path) -> list[str]:
    return [path.name for path in run.rglob(".*")]


def test_a_run_that_is_killed_after_its_record_is_resumed_to_its_report(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch, netspec, "run table.net --out new")
    run, made = folder / "new", sorted(path.name for path in (folder / "run/plots").iterdir())
    before = record(run)
    for name in (".tmp-0123abcd-run.json", "plots/.tmp-0123abcd-loss.png", "checkpoints/.tmp-0123abcd-epoch-0001"):
        (run / name).mkdir() if "epoch" in name else (run / name).write_text("half")
    assert not (run / "report.html").exists()
    assert netspec("run", "--resume", "new").exit_code == 0
    assert (run / "report.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in (run / "plots").iterdir()) == made
    assert (record(run), left(run)) == (before, [])
    assert "is finished" in netspec("run", "--resume", "new").err


def test_a_run_that_is_killed_after_its_last_checkpoint_points_to_it(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune = Checkpoints.settle

    def kills(self: Checkpoints, *, best: int | None, last: Moment) -> None:
        if last == Moment(3):
            raise Killed
        prune(self, best=best, last=last)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Checkpoints, "settle", kills)
        netspec("run", "table.net", "--out", "new")
    assert netspec("run", "--resume", "new").exit_code == 0
    made, expected = (everything(folder / name / "checkpoints") for name in ("new", "run"))
    assert made.keys() == expected.keys()
    assert made["index.json"] == expected["index.json"]


def test_the_report_of_a_run_on_its_way_does_not_pass_for_that_of_its_end(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert netspec("report", "half").exit_code == 0
    killed(monkeypatch, netspec, "run --resume half")
    assert (folder / "half/run.json").exists() and not (folder / "half/report.html").exists()
    assert netspec("run", "--resume", "half").exit_code == 0
    assert (folder / "half/report.html").exists()


def test_folds_that_are_killed_after_their_records_are_resumed_to_their_reports(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "folds.net").write_text((folder / "table.net").read_text().replace("validation = 20%", FOLDS))
    killed(monkeypatch, netspec, "run folds.net --out new")
    run = folder / "new"
    assert (run / "fold-1/run.json").exists() and not (run / "fold-2").exists()
    killed(monkeypatch, netspec, "run --resume new")
    assert netspec("run", "--resume", "new").exit_code == 0
    assert all((run / name / "report.html").exists() for name in (".", "fold-1", "fold-2"))
    (run / "fold-2/report.html").unlink()
    (run / "run.json").unlink()
    (run / "fold-1/.lock").write_text("process 1")
    assert netspec("run", "--resume", "new").exit_code == 0
    assert (run / "fold-2/report.html").exists() and (run / "run.json").exists() and not left(run)


def test_a_full_disk_after_the_training_loses_nothing(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write_durably

    def full(path: Path, *arguments: Any) -> None:
        if path.parent.name == "plots":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_durably", full)
        ended = netspec("run", "table.net", "--out", "new")
    assert (ended.exit_code, "NS704" in ended.err) == (5, True)
    assert netspec("run", "--resume", "new").exit_code == 0
    assert (folder / "new/report.html").exists() and not left(folder / "new")


def test_a_run_whose_time_was_over_is_not_trained_on(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "timed.net").write_text(
        (folder / "table.net").read_text().replace("epochs = 3", "max_time = 0.001 seconds")
    )
    killed(monkeypatch, netspec, "run timed.net --out new")
    before = (folder / "new/metrics.jsonl").read_bytes()
    checkpoints = sorted(path.name for path in (folder / "new/checkpoints").iterdir())
    assert netspec("run", "--resume", "new").exit_code == 0
    assert sorted(path.name for path in (folder / "new/checkpoints").iterdir()) == checkpoints
    assert (folder / "new/metrics.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "command", ["report run", "eval run --split validation", "predict run table.csv", "report run --out page.html"]
)
def test_a_run_that_does_not_fit_into_the_memory_is_told(
    command: str, netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec.runner.machine.memory.total_memory", lambda _: 8)
    ended = netspec(*command.split())
    assert (ended.exit_code, "NS602" in ended.err) == (1, True), ended.err


@pytest.mark.parametrize("at", ["build_empty", "load_into", "evaluate", "load_splits"])
def test_a_memory_that_is_full_on_the_way_is_told(
    at: str, netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(f"netspec.runner.uses.saved_run.{at}", full)
    ended = netspec("report", "run")
    assert (ended.exit_code, "NS602" in ended.err) == (1, True), ended.err
