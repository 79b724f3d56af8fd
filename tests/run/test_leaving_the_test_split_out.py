"""`test = false` in `evaluate`: the test split is set apart as ever, and nothing is evaluated on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netspec.runner.events import RunResult
from netspec.runner.train.training import Training
from netspec.runner.uses.reload import reload
from netspec.runner.uses.saved_run import SavedRun
from tests.runs import run_one
from tests.specs import check, rendered

SPEC = """
data {{ source = iris(), test = 20%, validation = 20%, transform = standardize(measured) }}
model {{ fc: linear(3) }}
train {{ optimizer = adam(lr=0.1), epochs = 4 }}
{rest}
"""
LEFT_OUT = "evaluate { test = false }"


def numbers(result: RunResult) -> list[dict[str, float]]:
    """The values of every epoch but its time."""
    return [{name: value for name, value in row.items() if name != "train.seconds"} for row in result.history]


def test_the_final_weights_are_evaluated_on_the_validation_split_instead(tmp_path: Path) -> None:
    usual = run_one(check(SPEC.format(rest="")).require(), out=tmp_path / "usual", device="cpu")
    result = run_one(check(SPEC.format(rest=LEFT_OUT)).require(), out=tmp_path / "run", device="cpu")
    assert result.test is None and result.validation is not None
    assert (result.data.test, result.data.digest) == (usual.data.test, usual.data.digest)
    # the same training: the same numbers, epoch by epoch
    assert numbers(result) == numbers(usual)
    assert result.validation.values == pytest.approx(result.validation_values)
    again = reload(tmp_path / "run")
    assert again.test is None and again.validation is not None


def test_no_sample_of_the_test_split_is_put_through_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = Training.evaluate

    def evaluate(self: Training, split: str, *, final: bool = True) -> Any:
        asked.append(split)
        return original(self, split, final=final)

    monkeypatch.setattr(Training, "evaluate", evaluate)
    run_one(check(SPEC.format(rest=LEFT_OUT)).require(), out=tmp_path / "run", device="cpu")
    assert set(asked) == {"validation"}


def test_it_can_still_be_evaluated_later(tmp_path: Path) -> None:
    run_one(check(SPEC.format(rest=LEFT_OUT)).require(), out=tmp_path / "run", device="cpu")
    evaluation = SavedRun.of(tmp_path / "run").evaluate("test")
    assert evaluation is not None and evaluation.samples == 30


def test_an_assertion_on_the_test_split_is_refused() -> None:
    text = rendered(check(SPEC.format(rest=f"{LEFT_OUT}\nassert test.accuracy > 50%")))
    assert "`test.accuracy` isn't measured, because `evaluate` has `test = false`" in text
    assert rendered(check(SPEC.format(rest=f"{LEFT_OUT}\nassert validation.accuracy > 50%"))) == "good"


def test_it_is_part_of_what_a_spec_means_only_if_it_is_written() -> None:
    usual, written, left_out = (
        check(SPEC.format(rest=rest)).require().hash for rest in ("", "evaluate { test = true }", LEFT_OUT)
    )
    assert usual == written != left_out
