"""A run told again from its folder and its data: the same numbers, samples and mistakes as when it ended."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch

from netspec.data.prepare import prepare
from netspec.problems import NetspecError
from netspec.runner.events import RunResult
from netspec.runner.uses.reload import reload
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.moment import Moment
from tests.runs import run_one

IMAGES = """\
data {
  source = synthetic(image=[3, 8, 8], classes=3, samples=150), validation = 20%, batch_size = 16
  transform = normalize(measured), augment = random_horizontal_flip
}
model { flatten -> linear(3) }
train { epochs = 4, optimizer = sgd(lr=0.5), stop = early_stopping(patience=1 epoch) }
"""
NUMBERS = """\
data { source = diabetes(), transform = standardize(measured), validation = 20% }
model { linear(1) }
train { epochs = 2 }
"""


def ran(folder: Path, text: str) -> RunResult:
    spec = folder / "spec.net"
    spec.write_text(text)
    result = run_one(spec, out=folder / "run", device="cpu")
    spec.unlink()
    return result


def test_it_is_told_as_it_was(tmp_path: Path):
    result = ran(tmp_path, IMAGES)
    again = reload(result.folder)
    same = {"folder", "data", "device", "environment", "history", "best_epoch", "stopped", "seconds", "restored"}
    same |= {"size", "notes", "loaded", "teachers", "exports", "stages"}
    for name in same:
        assert getattr(again, name) == getattr(result, name), name
    assert {field.name for field in fields(again)} - same == {
        "program",
        "test",
        "validation",
        "report_samples",
        "unfinished",
    }
    assert again.program.hash == result.program.hash
    assert again.unfinished is None
    assert result.test is not None
    assert again.test is not None
    assert again.test.values == pytest.approx(result.test.values, rel=1e-6)
    assert again.report_samples.balance == result.report_samples.balance
    assert [item.index for item in again.report_samples.mistakes] == [
        item.index for item in result.report_samples.mistakes
    ]
    for mine, its in zip(again.report_samples.samples, result.report_samples.samples, strict=True):
        assert mine.target == its.target
        np.testing.assert_array_equal(mine.picture, its.picture)


def test_samples_are_those_of_the_first_epoch_in_their_colours(tmp_path: Path):
    result = ran(tmp_path, IMAGES)
    (inputs,), targets = next(prepare(SavedRun.of(result.folder).program, torch.device("cpu")).epoch(1))
    statistics = result.data.fitted[0]
    mean, std = (np.array(statistics[name], np.float32)[:, None, None] for name in ("mean", "std"))
    for sample, image, target in zip(result.report_samples.samples, inputs.numpy(), targets.tolist(), strict=False):
        assert sample.target == target
        assert sample.picture.shape == (8, 8, 3)
        coloured = np.clip(image * std + mean, 0, 1).transpose(1, 2, 0) * 255
        np.testing.assert_allclose(sample.picture, coloured, atol=0.51)


def test_validation_is_judged_where_there_is_no_test_split(tmp_path: Path):
    result = ran(tmp_path, NUMBERS)
    assert result.test is None
    assert result.validation is not None
    assert result.evaluation is result.validation
    assert json.loads((result.folder / "run.json").read_text())["test"] is None
    assert result.report_samples.samples == ()
    again = reload(result.folder)
    assert again.evaluation is not None
    assert again.evaluation.values == pytest.approx(result.validation.values)


def test_a_run_on_its_way_is_told_as_far_as_it_is(tmp_path: Path):
    folder = ran(tmp_path, NUMBERS).folder
    (folder / "run.json").unlink()
    with (folder / "metrics.jsonl").open("a") as lines:
        lines.write('{"epoch": 3, "train.lo')  # killed while it wrote
    result = reload(folder)
    assert result.unfinished == Moment(2)
    assert [row["epoch"] for row in result.history] == [1, 2]
    assert result.seconds > 0
    assert result.environment["device"]


@pytest.mark.parametrize(
    ("content", "said"), [("[]", "run.json isn't what was written"), ("{", "run.json isn't what was written")]
)
def test_a_record_that_can_t_be_read_is_a_problem(tmp_path: Path, content: str, said: str):
    folder = ran(tmp_path, NUMBERS).folder
    (folder / "run.json").write_text(content)
    with pytest.raises(NetspecError, match=said):
        reload(folder)


SPLIT = "model { linear(1) }\ntrain { epochs = 1 }\ndata { validation = 20%, source = "


def rows(count: int) -> str:
    return "\n".join(["x,y", *(f"{number},{2 * number}" for number in range(count))])


def test_other_data_is_refused(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text(rows(40))
    folder = ran(tmp_path, SPLIT + 'csv("table.csv", target="y") }').folder
    table.write_text(rows(50))
    for look in (lambda: reload(folder), lambda: SavedRun.of(folder).evaluate("validation")):
        with pytest.raises(NetspecError, match="the data isn't what the run began with") as error:
            look()
        (note,) = error.value.diagnostics[0].notes
        assert note == f'`{folder}` is of other samples than `csv("table.csv", target="y")` has now'
    table.write_text(rows(40))
    assert SavedRun.of(folder).evaluate("validation")


def test_another_source_than_the_run_had_is_refused_and_named(tmp_path: Path):
    (tmp_path / "small.csv").write_text(rows(40))
    result = ran(tmp_path, SPLIT + 'csv("large.csv", target="y") or csv("small.csv", target="y") }')
    (tmp_path / "large.csv").write_text(rows(80))
    with pytest.raises(NetspecError) as error:
        SavedRun.of(result.folder).evaluate("validation")
    now, why = error.value.diagnostics[0].notes
    assert now.endswith('is of other samples than `csv("large.csv", target="y")` has now')
    assert why == "of the spec's data sets the first that can be had is taken, which may have been another then"
