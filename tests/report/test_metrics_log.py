"""The metrics log has a line of JSON and a row of a table per epoch, as soon as the epoch is over."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.files import finite_or_none
from netspec.problems.base import NetspecError
from netspec.report.metrics_log import MetricsLog
from netspec.runner.events import EpochEnded, Resumed, RolledBack, Started
from netspec.saved.moment import Moment


def lines(log: MetricsLog) -> list[dict[str, float | None]]:
    return [json.loads(line) for line in log.lines.read_text().splitlines()] if log.lines.exists() else []


def table(log: MetricsLog) -> list[dict[str, float | None]]:
    """The table read back: an empty cell is no number."""
    if not log.table.exists():
        return []
    with log.table.open(newline="") as file:
        return [{name: float(cell) if cell else None for name, cell in row.items()} for row in csv.DictReader(file)]


def epochs(log: MetricsLog) -> list[float | None]:
    assert lines(log) == table(log)
    return [row["epoch"] for row in lines(log)]


def ended(epoch: int) -> EpochEnded:
    return EpochEnded(epoch, {"train.loss": 1 / epoch}, best=True)


def history(*epochs: int) -> Sequence[dict[str, float]]:
    return tuple(ended(epoch).row() for epoch in epochs)


def test_each_epoch_is_a_line_that_is_there_at_once(tmp_path, result, told):
    log = MetricsLog(tmp_path)
    number = 0
    for event in told(result):
        log(event)
        number += isinstance(event, EpochEnded)
        assert len(lines(log)) == len(table(log)) == number
    assert lines(log) == table(log) == list(result.history)


def test_what_is_no_number_is_null_and_an_empty_cell(tmp_path):
    log = MetricsLog(tmp_path)
    values = {"train.loss": float("nan"), "validation.loss": float("-inf"), "train.accuracy": 0.5}
    log(EpochEnded(1, values, best=False))
    expected = '{"epoch": 1, "train.loss": null, "validation.loss": null, "train.accuracy": 0.5}\n'
    assert log.lines.read_text() == expected
    assert log.table.read_text() == "epoch,train.loss,validation.loss,train.accuracy\n1,,,0.5\n"


@given(st.lists(st.floats(), min_size=1, max_size=5))
def test_every_number_reads_back_as_the_same(tmp_path_factory: pytest.TempPathFactory, losses: list[float]):
    log = MetricsLog(tmp_path_factory.mktemp("run"))
    for epoch, loss in enumerate(losses, 1):
        log(EpochEnded(epoch, {"train.loss": loss}, best=False))
    assert [row["train.loss"] for row in table(log)] == list(map(finite_or_none, losses))


@pytest.mark.parametrize("behind", [(1, 2), ()], ids=["two epochs", "none"])
def test_a_resumed_run_goes_on_after_the_epochs_behind_it(tmp_path, result, told, behind):
    before = MetricsLog(tmp_path)
    for epoch in (1, 2, 3):  # the third was logged, and lost with what came after the checkpoint
        before(ended(epoch))
    started = told(result)[0]
    assert isinstance(started, Started)
    log = MetricsLog(tmp_path)
    log(replace(started, resumed=Resumed(Moment(2), (), ()) if behind else None, history=history(*behind)))
    assert epochs(log) == list(behind)
    for epoch in range(len(behind) + 1, 5):
        log(ended(epoch))
    assert epochs(log) == [1, 2, 3, 4]


def test_a_run_that_goes_back_takes_back_its_epochs(tmp_path):
    log = MetricsLog(tmp_path)
    for event in (ended(1), ended(2), RolledBack(Moment(1), "", 0.5, tuple(history(1))), ended(2), ended(3)):
        log(event)
    assert epochs(log) == [1, 2, 3]


def test_a_folder_that_is_gone_is_a_problem_and_no_traceback():
    with pytest.raises(NetspecError):
        MetricsLog(Path("/nowhere"))(EpochEnded(1, {}, best=False))
