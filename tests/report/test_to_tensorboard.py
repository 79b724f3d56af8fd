"""TensorBoard reads every epoch of a run back, each once, however the run went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan, nan
from pathlib import Path
from typing import Any

import pytest

from netspec.problems import NetspecError
from netspec.report.to_tensorboard import TensorBoard
from netspec.runner.events import EpochEnded, Event, Resumed, RolledBack, Started
from netspec.saved.moment import Moment

reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def reader(folder: Path) -> Any:
    return reading.EventAccumulator(str(folder))


def epochs(log: Any) -> list[tuple[int, float]]:
    """The training loss as TensorBoard shows it."""
    log.Reload()
    return [(event.step, event.value) for event in log.Scalars("train/loss")]


def ended(epoch: int, loss: float = 0.5) -> EpochEnded:
    return EpochEnded(epoch, {"train.loss": loss}, best=True)


def history(*epochs: int) -> Sequence[Mapping[str, float]]:
    return tuple(ended(epoch).row() for epoch in epochs)


@pytest.fixture
def started(result, told) -> Started:
    first = told(result)[0]
    assert isinstance(first, Started)
    return first


def tell(log: TensorBoard, *events: Event) -> None:
    for event in events:
        log(event)


def test_each_epoch_is_there_with_the_test_split_behind_the_last(result, told, tmp_path):
    tell(TensorBoard(tmp_path / "log"), *told(result))
    log = reader(tmp_path / "log")
    log.Reload()
    for name in ("train.loss", "train.accuracy", "validation.loss", "validation.accuracy", "train.seconds"):
        found = [(event.step, event.value) for event in log.Scalars(name.replace(".", "/"))]
        assert found == [(row["epoch"], pytest.approx(row[name])) for row in result.history]
    for name, value in result.test.values.items():
        assert [(event.step, event.value) for event in log.Scalars(f"test/{name}")] == [(5, pytest.approx(value))]


def test_an_epoch_is_there_at_once(started, tmp_path):
    log, shown = TensorBoard(tmp_path / "log"), reader(tmp_path / "log")
    tell(log, started)
    for epoch in (1, 2, 3):
        tell(log, ended(epoch))
        assert [step for step, _ in epochs(shown)] == list(range(1, epoch + 1))


def test_a_resumed_run_goes_on_without_an_epoch_twice(started, tmp_path):
    """The third epoch came after the checkpoint, and comes again."""
    folder = tmp_path / "log"
    tell(TensorBoard(folder), started, ended(1), ended(2), ended(3))
    resumed = replace(started, resumed=Resumed(Moment(2), (), ()), history=history(1, 2))
    tell(TensorBoard(folder), resumed, ended(3, loss=0.25), ended(4))
    expected = [(1, 0.5), (2, 0.5), (3, 0.25), (4, 0.5)]
    assert epochs(reader(folder)) == expected
    assert len(list(folder.iterdir())) == 1


def test_a_run_that_goes_back_takes_back_its_epochs(started, tmp_path):
    back = RolledBack(Moment(1), "", 0.5, tuple(history(1)))
    tell(TensorBoard(tmp_path / "log"), started, ended(1), ended(2), back, ended(2, loss=0.25))
    assert epochs(reader(tmp_path / "log")) == [(1, 0.5), (2, 0.25)]


def test_what_is_no_number_is_a_point_all_the_same(started, tmp_path):
    tell(TensorBoard(tmp_path / "log"), started, ended(1, loss=nan))
    ((_, loss),) = epochs(reader(tmp_path / "log"))
    assert isnan(loss)


def test_files_of_others_stay(started, tmp_path):
    (tmp_path / "notes.txt").touch()
    tell(TensorBoard(tmp_path), started)
    tell(TensorBoard(tmp_path), started)
    assert (tmp_path / "notes.txt").exists()


def test_a_folder_that_cant_be_made_is_a_problem_and_no_traceback(started, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NetspecError):
        tell(TensorBoard(tmp_path / "file"), started)
