"""A metric that isn't a number in some epoch, or in some run of several, ends no run and is hidden in no mean."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from netspec.catalogue.stopping import Standing
from netspec.runner.uses.reload import reload
from netspec.runner.uses.run_summary import Spread
from tests.runs import run_one, run_several
from tests.specs import check

SPEC = """
data {{ source = csv("rare.csv", target="y"), validation = {validation}, batch_size = 16 }}
model {{ fc: linear(2) }}
train {{ loss = cross_entropy, epochs = 2{train} }}
evaluate {{ metrics = [accuracy, roc_auc, average_precision] }}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table whose last row alone is of the second class."""
    rows = "".join(f"{a:.3f},{b:.3f},fine\n" for a, b in np.random.default_rng(0).normal(size=(59, 2)))
    (tmp_path / "rare.csv").write_text(f"a,b,y\n{rows}1.0,1.0,fraud\n")
    return tmp_path


@pytest.mark.parametrize("train", ["", ", stop = early_stopping(monitor=validation.roc_auc, patience=1 epochs)"])
def test_a_run_ends_with_its_record(folder: Path, train: str) -> None:
    checked = check(SPEC.format(validation=5, train=train), folder=folder).require()
    result = run_one(checked, out=folder / "run", device="cpu")
    record = json.loads((folder / "run" / "run.json").read_text())
    assert record["last_epoch"]["validation.roc_auc"] is None
    assert record["validation"]["roc_auc"] is None
    assert result.best_epoch == (None if train else 2)
    assert (folder / "run" / "report.html").exists()
    assert isnan(reload(folder / "run").history[-1]["validation.roc_auc"])


def test_a_mean_over_folds_says_how_many_it_is_of(folder: Path) -> None:
    checked = check(SPEC.format(validation="kfold(3)", train=""), folder=folder).require()
    summary = run_several(checked, out=folder / "run", device="cpu")
    assert summary.spreads["validation.roc_auc"].count == 1
    assert summary.counted("validation.roc_auc") == "1 of 3"
    assert summary.counted("validation.accuracy") == "3"
    assert '<td class="number">1 of 3</td>' in (folder / "run" / "report.html").read_text()
    record = json.loads((folder / "run" / "run.json").read_text())
    assert [part["values"]["validation.roc_auc"] for part in record["parts"]].count(None) == 2


def test_a_metric_that_is_a_number_in_no_run_is_still_told() -> None:
    spread = Spread.of([float("nan"), float("nan")])
    assert spread.count == 0
    assert spread.as_data() == {"count": 0, "mean": None, "std": None, "low": None, "high": None}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_only_a_number_is_the_best(value: float) -> None:
    assert Standing().after(1, value, larger_is_better=True) == Standing(None, None, 1)
