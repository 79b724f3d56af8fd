"""The sections of the page: which a run has, what they say, and that they stay small and safe."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from netspec.catalogue.metrics import Predictions
from netspec.catalogue.targets.number import Number
from netspec.report.charts import draw, roc_curves
from netspec.report.charts.roc_curves import roc_curve
from netspec.report.html import page_of
from netspec.runner.report_samples import most_confident_mistakes
from netspec.saved.moment import Moment

WHEN = datetime(2026, 1, 1)


def sections(page: str) -> list[str]:
    return re.findall(r'<section id="(\w+)"', page)


def test_a_classifier_of_images_has_every_section_but_that_of_numbers(whole_result):
    page = page_of(whole_result(), WHEN)
    predictions = ["classes", "confusion", "thresholds", "calibration", "mistakes"]
    assert sections(page) == ["data", "training", *predictions, "model", "plan", "spec", "environment"]
    assert page.count('<img class="picture" src="data:image/png;base64,') == 24 + 12
    assert [f"#{name}" for name in sections(page)] == re.findall(r'<a href="(#\w+)"', page)


def test_without_probabilities_nothing_is_said_of_them(result):
    assert not {"thresholds", "calibration", "mistakes"} & set(sections(page_of(result, WHEN)))


def test_probabilities_that_overflowed_are_not_drawn(whole_result):
    result = whole_result()
    chances = result.test.predictions.probabilities.copy()
    chances[3] = np.nan
    predictions = replace(result.test.predictions, probabilities=chances)
    result = replace(result, test=replace(result.test, predictions=predictions))
    assert not {"thresholds", "calibration"} & set(sections(page_of(result, WHEN)))


def test_validation_speaks_where_there_is_no_test_split(whole_result):
    result = whole_result()
    result = replace(result, test=None, validation=replace(result.test, split="validation"))
    page = page_of(result, WHEN)
    assert "Validation split, class by class" in page
    assert "thresholds" in sections(page)


def test_numbers_are_shown_against_the_true_ones(result):
    true = np.linspace(0, 5, 40_000)
    program = replace(result.program, type=replace(result.program.type, target=Number()))
    test = replace(
        result.test,
        values={"loss": 0.1, "r2": 0.9},
        predictions=Predictions(true, true**1.1),
        confusion=None,
        classes=(),
        worst=None,
    )
    result = replace(result, program=program, test=test)
    page = page_of(result, WHEN)
    assert "numbers" in sections(page)
    assert "confusion" not in sections(page)
    assert len(page) < 400_000, "of many samples some are drawn"


def test_numbers_that_overflowed_leave_a_page(result):
    program = replace(result.program, type=replace(result.program.type, target=Number()))
    predictions = Predictions(np.arange(3.0), np.full(3, np.inf))
    result = replace(
        result,
        program=program,
        test=replace(result.test, predictions=predictions, confusion=None, classes=(), worst=None),
    )
    assert "numbers" not in sections(page_of(result, WHEN))


def test_an_unfinished_run_says_so(result):
    page = page_of(replace(result, unfinished=Moment(3)), WHEN)
    assert "Not finished." in page
    assert "those after epoch 3" in page


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_the_areas_are_those_of_scikit_learn(classes):
    chance = np.random.default_rng(classes)
    chances, targets = chance.dirichlet(np.ones(classes), 1500), chance.integers(0, classes, 1500)
    names = [str(number) for number in range(classes)]
    found = roc_curve(Predictions(targets, chances.argmax(1), chances), names)
    assert len(found) == (1 if classes == 2 else classes), "two classes have one curve"
    assert [one.auc for one in found] == sorted(one.auc for one in found)
    for one in found:
        positive, likely = targets == int(one.name), chances[:, int(one.name)]
        assert one.auc == pytest.approx(roc_auc_score(positive, likely))
        assert one.average_precision == pytest.approx(average_precision_score(positive, likely))
        for x, _ in (one.roc, one.precision):
            assert len(x) <= 121
            assert (np.diff(x) >= 0).all()
        assert np.trapezoid(one.roc[1], one.roc[0]) == pytest.approx(one.auc, abs=0.03)


def test_a_class_without_samples_has_no_curve():
    chances = np.full((4, 3), 1 / 3)
    found = roc_curve(Predictions(np.array([0, 0, 1, 1]), np.zeros(4, int), chances), ["a", "b", "c"])
    assert {one.name for one in found} == {"a", "b"}


def test_the_surest_mistakes_come_first():
    chances = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]], np.float32)
    predictions = Predictions(np.array([1, 1, 1, 0]), chances.argmax(1), chances)
    assert most_confident_mistakes(predictions, 12) == [0, 1]
    assert most_confident_mistakes(predictions, 1) == [0]


def test_a_hundred_classes_stay_legible_and_small(whole_result):
    result = whole_result(tuple(f"class number {number}" for number in range(100)))
    page = page_of(result, WHEN)
    assert len(page) < 700_000
    assert "mean of all 100" in page
    assert "confusion_shares" not in draw(result, roc_curves(result))
