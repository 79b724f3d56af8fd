"""Targets and inputs of large scale: what is warned of, and targets that are scaled for the loss and back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score

from netspec import api
from netspec.problems import NetspecError
from netspec.runner.events import RunResult
from tests.specs import check, rendered

SPEC = """data {{
  source = csv("t.csv", target={target})
  transform = standardize
  {data}
  validation = 25%
}}
model {{ {model} }}
train {{ epochs = {epochs}
  optimizer = {optimizer} }}
"""


def write(folder: Path, *, scale: float = 5e4, offset: float = 3e5) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    y = x @ [0.8, -0.5] * scale + offset
    rows = "".join(f"{a:.4f},{1000 * b:.4f},{c:.3f}\n" for (a, b), c in zip(x, y, strict=True))
    (folder / "t.csv").write_text(f"a,b,y\n{rows}")


def spec(folder: Path, **settings: str) -> Path:
    defaults = {"target": '"y"', "data": "", "model": "linear(1)", "epochs": "2", "optimizer": "adam(lr=0.05)"}
    path = folder / "s.net"
    path.write_text(SPEC.format(**defaults | settings))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def run(path: Path) -> RunResult:
    result = api.run(path)
    assert isinstance(result, RunResult)
    return result


@pytest.mark.parametrize("transform", ["standardize", "min_max", "min_max -> standardize"])
def test_what_is_reported_of_scaled_targets_has_their_units(folder: Path, transform: str) -> None:
    result = run(spec(folder, data=f"target_transform = {transform}", epochs="30"))
    evaluation = result.validation
    assert evaluation is not None and evaluation.predictions is not None
    true, predicted = evaluation.predictions.targets, evaluation.predictions.decisions
    assert 2e5 < true.mean() < 4e5 and evaluation.values["loss"] < 1
    assert evaluation.values["r2"] == pytest.approx(r2_score(true, predicted))
    assert evaluation.values["mean_absolute_error"] == pytest.approx(mean_absolute_error(true, predicted))
    assert result.data.warnings == ()
    record = json.loads((result.folder / "run.json").read_text())
    assert len(record["data"]["target_statistics"]) == transform.count("->") + 1


def test_a_saved_run_scales_back_by_what_it_measured(folder: Path) -> None:
    result = run(spec(folder, data="target_transform = standardize", epochs="80"))
    saved = api.evaluate(result.folder, "validation")
    assert saved is not None and result.validation is not None
    assert saved.evaluation.values == pytest.approx(result.validation.values)
    rows = (folder / "t.csv").read_text().splitlines()[1:]
    (folder / "rows.csv").write_text("a,b\n" + "".join(row.rpartition(",")[0] + "\n" for row in rows))
    predicted = [one.values["number"] for one in api.predict(result.folder, [folder / "rows.csv"])]
    true = [float(row.rpartition(",")[2]) for row in rows]
    assert r2_score(true, predicted) > 0.9
    assert "NS521" not in api.report(result.folder).read_text()


def test_the_loss_is_that_of_scaled_targets(folder: Path) -> None:
    """Dividing targets by hand gives the same training."""
    scaled = run(spec(folder, data="target_transform = standardize", epochs="3"))
    lines = (folder / "t.csv").read_text().splitlines()
    rows = [[float(cell) for cell in line.split(",")] for line in lines[1:]]
    (statistics,) = scaled.data.target_fitted
    (mean,), (std,) = statistics["mean"], statistics["std"]
    text = "".join(f"{a},{b},{(c - mean) / std!r}\n" for a, b, c in rows)
    (folder / "t.csv").write_text(f"a,b,y\n{text}")
    by_hand = run(spec(folder, epochs="3"))
    for one, other in zip(scaled.history, by_hand.history, strict=True):
        assert one["train.loss"] == pytest.approx(other["train.loss"], rel=1e-4)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"data": "target_transform = fill_missing(0)"}, "`fill_missing` can't scale targets"),
        ({"data": "target_transform = standardize", "target": 'class("y")', "model": "linear(80)"}, "is for numbers"),
    ],
)
def test_a_target_transform_that_does_not_fit_is_refused(folder: Path, settings: dict[str, str], words: str) -> None:
    assert words in rendered(check(spec(folder, **settings).read_text(), folder=folder))


def test_counts_are_not_scaled(folder: Path) -> None:
    text = (
        spec(folder, data="target_transform = standardize")
        .read_text()
        .replace("train {", "train { loss = poisson_nll\n")
    )
    assert "`poisson_nll` takes the targets as they are" in rendered(check(text, folder=folder))


# ---- warnings ----


def warnings(path: Path) -> list[str]:
    return [found.code for found in api.data_facts(path).diagnostics]


def test_large_targets_are_warned_of(folder: Path) -> None:
    assert warnings(spec(folder)) == ["NS521"]
    (warning,) = run(spec(folder)).data.warnings
    assert "a mean of" in warning and "use `target_transform = standardize`" in warning
    assert warnings(spec(folder, data="target_transform = standardize")) == []
    assert warnings(spec(folder, model="linear(1) * 5e4 + 3e5")) == []
    write(folder, scale=2, offset=20)
    assert warnings(spec(folder)) == []


def test_the_report_shows_the_warnings(folder: Path) -> None:
    result = run(spec(folder))
    assert "NS521: the targets have a mean of" in (result.folder / "report.html").read_text()


def test_large_inputs_are_warned_of(folder: Path) -> None:
    write(folder, scale=1, offset=0)
    text = spec(folder).read_text()
    (folder / "s.net").write_text(text.replace("  transform = standardize\n", ""))
    (found,) = api.data_facts(folder / "s.net").diagnostics
    assert found.code == "NS522" and "the column `b` has values" in found.message
    (folder / "s.net").write_text((folder / "s.net").read_text().replace("linear(1)", "batch_norm -> linear(1)"))
    assert warnings(folder / "s.net") == []


def tiny(folder: Path, scale: float) -> Path:
    """A table whose column `small` has values of about that size, beside one of about 1, one that is mostly 0, and a
    category; and a spec that takes it as it is."""
    rng = np.random.default_rng(0)
    rows = "".join(
        f"{a:.4f},{b * scale:.4g},{int(row % 40 == 0)},{'uv'[row % 2]},{a - b:.3f}\n"
        for row, (a, b) in enumerate(rng.normal(size=(80, 2)))
    )
    (folder / "t.csv").write_text(f"a,small,seldom,kind,y\n{rows}")
    path = spec(folder)
    text = path.read_text().replace("  transform = standardize\n", "")
    path.write_text(text.replace('target="y"', 'target="y", categories=["kind"]'))
    return path


def test_a_column_that_is_far_smaller_than_others_is_warned_of(folder: Path) -> None:
    path = tiny(folder, 1e-6)
    (found,) = api.data_facts(path).diagnostics
    assert found.code == "NS523" and not found.is_error
    assert found.message.startswith("the column `small` has values of down to 9")
    assert found.help == "use `transform = standardize` in `data`"
    (warning,) = run(path).data.warnings
    assert warning.startswith("NS523")
    text = path.read_text()
    path.write_text(text.replace("source =", "transform = standardize\n  source ="))
    assert warnings(path) == []
    path.write_text(text.replace("linear(1)", "batch_norm -> linear(1)"))
    assert warnings(path) == []


def test_columns_of_one_scale_zeros_and_categories_are_not_warned_of(folder: Path) -> None:
    assert warnings(tiny(folder, 0.01)) == []


def test_an_overflow_is_blamed_on_what_was_measured(folder: Path) -> None:
    with pytest.raises(NetspecError) as caught:
        run(spec(folder, data="batch_size = 4", optimizer="sgd(lr=10)", epochs="9"))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "NS601" and diagnostic.help is None
    assert any("`target_transform = standardize`" in note for note in diagnostic.notes)
    write(folder, scale=1, offset=0)
    with pytest.raises(NetspecError) as caught:
        run(spec(folder, data="batch_size = 4", optimizer="sgd(lr=10)", epochs="60"))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help == "try a learning rate of 0.01"


def test_rare_and_absent_classes_are_warned_of_by_runs(folder: Path) -> None:
    rows = "".join(f"{row * 0.37 % 1:.4f},{row % 5},{'rare' if row == 3 else 'ab'[row % 2]}\n" for row in range(60))
    (folder / "t.csv").write_text(f"a,b,y\n{rows}")
    result = run(spec(folder, model="linear(3)"))
    assert [warning[:5] for warning in result.data.warnings] == ["NS504", "NS505"]
    page = (result.folder / "report.html").read_text()
    assert "NS505" in page and "NS504: the validation split has no sample of the class" in page
