"""The metrics log has a line of JSON per epoch, as soon as the epoch is over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netspec.problems.base import NetspecError
from netspec.report.metrics_log import MetricsLog
from netspec.runner.events import EpochEnded


def test_each_epoch_is_a_line_that_is_there_at_once(tmp_path, result, told):
    path = tmp_path / "metrics.jsonl"
    log = MetricsLog(path)
    lines = 0
    for event in told(result):
        log(event)
        lines += isinstance(event, EpochEnded)
        assert len(path.read_text().splitlines() if path.exists() else []) == lines
    assert [json.loads(line) for line in path.read_text().splitlines()] == list(result.history)


def test_what_is_no_number_is_null(tmp_path):
    path = tmp_path / "metrics.jsonl"
    values = {"train.loss": float("nan"), "validation.loss": float("-inf"), "train.accuracy": 0.5}
    MetricsLog(path)(EpochEnded(1, values, best=False))
    expected = '{"epoch": 1, "train.loss": null, "validation.loss": null, "train.accuracy": 0.5}\n'
    assert path.read_text() == expected


def test_a_resumed_run_goes_on_in_its_file(tmp_path):
    for epoch in (1, 2):
        MetricsLog(tmp_path / "metrics.jsonl")(EpochEnded(epoch, {"train.loss": 1.0}, best=True))
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def test_a_folder_that_is_gone_is_a_problem_and_no_traceback():
    with pytest.raises(NetspecError):
        MetricsLog(Path("/nowhere/metrics.jsonl"))(EpochEnded(1, {}, best=False))
