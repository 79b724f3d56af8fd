"""Assertions on results: names are checked before the run, conditions judged after it, of several runs on the mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netspec.runner.results import assertion_results
from netspec.runner.uses.reload import reload
from netspec.source import Source
from tests.runs import run_one, run_several
from tests.specs import check, rendered

SPEC = """
param least = 1%
data {{ source = iris(), test = 20%, validation = {validation}, transform = standardize(measured) }}
model {{ fc: linear(3) }}
train {{ optimizer = adam(lr=0.1), epochs = 8{train} }}
assert {condition}
"""


def spec(condition: str, validation: str = "20%", train: str = "") -> str:
    return SPEC.format(condition=condition, validation=validation, train=train)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("test.accuracy > 50%", True),
        ("test.accuracy > 0.5 and seconds < 5 minutes", True),
        ("test.accuracy > 99.99% + 0.01", False),
        ("not test.accuracy > 50%", False),
        ("test.classes.setosa.recall >= least", True),
        ('test.recall("setosa") >= least', True),
        ("test.classes.setosa.support == 10", True),
        ("test.f1 - validation.f1 < 5 and min(test.f1, validation.f1) > 0", True),
        ("size == 4 * parameters", True),
        ("size / 1000 < 0.01", False),
        ("(1 if test.loss < 0 else 2) == 2", True),
    ],
)
def test_a_condition_is_judged_after_the_run(condition: str, holds: bool, tmp_path: Path) -> None:
    result = run_one(check(spec(condition)).require(), out=tmp_path / "run", device="cpu")
    (found,) = assertion_results(result)
    assert (found.text, found.holds) == (condition, holds)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["assertions"] == [found.record()]
    assert 'id="assertions"' in (tmp_path / "run" / "report.html").read_text()
    assert assertion_results(reload(tmp_path / "run")) == (found,)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("test.acuracy > 98%", "did you mean `test.accuracy`?"),
        ("test.roc_auc > 98%", "add `roc_auc` to `metrics` in `evaluate`"),
        ("test.classes.setosaa.recall > 0", "did you mean `test.classes.setosa.recall`?"),
        ('test.recall("setos") > 0', "did you mean `test.classes.setosa.recall`?"),
        ("validation.classes.setosa.recall > 0", "at the end classes are evaluated on the test split"),
        ("test.accuracy", "an assertion is `true` or `false`, not a number"),
        ("test.accuracy + 1 and true", "`true` or `false` is expected here"),
        ("test.accuracy > 98", "write `98%`"),
        ("train.loss < 1", "measured: test.loss"),
        ("second < 5", "did you mean `seconds`?"),
    ],
)
def test_a_name_is_checked_before_the_run(condition: str, said: str) -> None:
    checked = check(spec(condition))
    assert checked.program is None or any(diagnostic.is_error for diagnostic in checked.diagnostics)
    assert said in rendered(checked)


@pytest.mark.parametrize(
    ("condition", "message", "place"),
    [
        ('test.accuracy == "good"', "a number and a string are never equal", '"good"'),
        ('"good" != test.accuracy', "a string and a number are never equal", "test.accuracy"),
        ('test.recall("setosa") == "good"', "a number and a string are never equal", '"good"'),
        ("test.accuracy == true", "a number and `true` or `false` are never equal", "true"),
        ("(test.accuracy > 0.5) == 1", "`true` or `false` and a number are never equal", "1"),
        ("test.accuracy == [1, 2]", "a number and a list are never equal", "[1, 2]"),
        ('not test.accuracy == "good" or true', "a number and a string are never equal", '"good"'),
        ('seconds == "fast" if test.loss > 9 else true', "a number and a string are never equal", '"fast"'),
        ('true if test.loss > 0 else size == "small"', "a number and a string are never equal", '"small"'),
        ('test.accuracy > "good"', "arithmetic is for numbers, and this is the string", '"good"'),
        ("test.accuracy > true", "arithmetic is for numbers, and this is `true`", "true"),
        ("parameters == 'small'", "a number and a string are never equal", "'small'"),
        ("test.accuracy > 5 minutes", "`test.accuracy` is a metric, but `5 minutes` is a time", "5 minutes"),
        ("test.loss == 3 epochs", "`test.loss` is a metric, but `3 epochs` is a number of epochs", "3 epochs"),
        ("seconds < 90%", "`seconds` is a time, but `90%` is a percentage", "90%"),
        ("(seconds) < 3 steps", "`(seconds)` is a time, but `3 steps` is a number of steps", "3 steps"),
        ("size < 5 minutes", "`size` is a size, but `5 minutes` is a time", "5 minutes"),
        ("parameters < 10%", "`parameters` is a count, but `10%` is a percentage", "10%"),
        ("test.classes.setosa.support > 10%", "is a count, but `10%` is a percentage", "10%"),
        ("seconds < least", "`seconds` is a time, but `least` is a percentage", "least"),
        ("seconds < test.accuracy", "`seconds` is a time, but `test.accuracy` is a metric", "test.accuracy"),
        ("seconds + least < 5", "`seconds` is a time, but `least` is a percentage", "least"),
    ],
)
def test_a_comparison_of_different_types_is_an_error_at_its_place(condition: str, message: str, place: str) -> None:
    checked = check(spec(condition.replace("'", '"')))
    (found,) = [diagnostic for diagnostic in checked.diagnostics if diagnostic.is_error]
    assert found.code == "NS225" and message in found.message
    assert found.span is not None and found.span.text == place.replace("'", '"')


@pytest.mark.parametrize(
    "condition",
    ["test.accuracy > 50% and seconds < 300", "test.loss < 1", "seconds < 1 hour + 30", "size < 1000", "least == 1%"],
)
def test_a_plain_number_is_compared_with_every_result(condition: str) -> None:
    check(spec(condition)).require()


def test_a_split_that_is_missing_is_said() -> None:
    text = spec("validation.accuracy > 0").replace(", validation = 20%", "")
    assert "needs a validation split" in rendered(check(text))


def test_a_param_of_the_name_comes_first() -> None:
    text = "param size = 3\n" + spec("size == 3")
    assert not check(text).require().assertions


def test_a_json_spec_asserts_the_same() -> None:
    program = check(spec('test.recall("setosa") > 98%')).require()
    from netspec import api

    text = api.convert(Source("spec.net", program.source.text, Path("spec.net").resolve()))
    (assertion,) = check(text, "spec.json").require().assertions
    assert assertion.names == ("test.classes.setosa.recall",)


def test_of_folds_and_seeds_the_mean_is_judged(tmp_path: Path) -> None:
    text = spec("validation.accuracy > least", "kfold(2)", ", seeds = 2")
    summary = run_several(check(text).require(), out=tmp_path / "run", device="cpu")
    (found,) = summary.assertions
    assert found.holds
    assert found.values == {"validation.accuracy": summary.spreads["validation.accuracy"].mean}
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["assertions"] == [found.record()]
    of_part = json.loads((tmp_path / "run" / "seed-0-fold-1" / "run.json").read_text())
    assert of_part["assertions"] == []


def test_a_result_that_is_no_number_fulfills_nothing() -> None:
    (assertion,) = check(spec("test.accuracy != 0.2")).require().assertions
    assert assertion.evaluate({"test.accuracy": 0.5}).holds
    assert not assertion.evaluate({"test.accuracy": float("nan")}).holds
    assert not assertion.evaluate({}).holds
