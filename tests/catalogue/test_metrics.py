"""The metrics against scikit-learn, over classes, probabilities and numbers of every kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from netspec.catalogue.entry import entries, find, names
from netspec.catalogue.metrics import Collector, Metric, PerClass, Predictions, Scored, called
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number

TOLERANCE: dict[str, Any] = {"rel": 1e-6, "abs": 1e-9, "nan_ok": True}
AVERAGES = ("macro", "weighted", "micro")


def metric(name: str, **arguments: Any) -> Metric:
    found = find(Metric, name)
    assert found is not None
    return found(**arguments)


def compute(entry: Metric, predictions: Predictions, sizes: int = 7) -> float:
    """The metric of predictions that come in batches of a size."""
    of_classes = predictions.probabilities is not None
    classes = predictions.scores.shape[1] if of_classes else 0
    target = Classes(names=tuple(map(str, range(classes)))) if of_classes else Number()
    kept = Collector(target, len(predictions.targets))
    result = entry.start(kept)
    targets, decisions = (torch.from_numpy(values) for values in (predictions.targets, predictions.decisions))
    probabilities = torch.from_numpy(predictions.scores) if of_classes else None
    for start in range(0, len(targets), sizes):
        part = slice(start, start + sizes)
        kept.add(Scored(targets[part], decisions[part], None if probabilities is None else probabilities[part]))
    return result()


def confusion(predictions: Predictions) -> np.ndarray:
    return sk.confusion_matrix(predictions.targets, predictions.decisions, labels=range(predictions.scores.shape[1]))


@st.composite
def classified(draw: st.DrawFn) -> Predictions:
    """Classes with their probabilities; many a class is without samples, or without predictions."""
    classes, samples = draw(st.integers(2, 6)), draw(st.integers(1, 40))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # of few kinds, so that some are equally probable
    probabilities = chance.integers(0, draw(st.sampled_from((2, 5, 1000))), (samples, classes)) + 1e-3
    if draw(st.booleans()):
        probabilities[chance.random(samples) < 0.3, 0] += 1e6
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    targets = chance.integers(0, draw(st.integers(1, classes)), samples)
    return Predictions(targets, probabilities.argmax(1), probabilities)


@st.composite
def numbered(draw: st.DrawFn) -> Predictions:
    """Numbers, of which some are 0, and sometimes all the same."""
    samples = draw(st.integers(2, 40))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    true = chance.normal(3, draw(st.sampled_from((0, 1, 100))), samples) * (chance.random(samples) < 0.9)
    missed = chance.normal(0, draw(st.sampled_from((0, 1e-3, 10))), samples)
    return Predictions(true, true + missed)


def quiet(function: Callable[..., Any], *arguments: Any, **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(*arguments, **options))


# ---- of classes ----


@pytest.mark.parametrize("average", AVERAGES)
@given(predictions=classified())
def test_shares_of_classes(average: Any, predictions: Predictions) -> None:
    options = {"average": average, "zero_division": 0}
    for name, oracle, arguments in (
        ("precision", sk.precision_score, {}),
        ("recall", sk.recall_score, {}),
        ("f1", sk.f1_score, {}),
        ("f_beta", sk.fbeta_score, {"beta": 0.5}),
        ("f_beta", sk.fbeta_score, {"beta": 2.0}),
        ("jaccard", sk.jaccard_score, {}),
    ):
        expected = quiet(oracle, predictions.targets, predictions.decisions, **arguments, **options)
        found = compute(metric(name, average=average, **arguments), predictions)
        assert found == pytest.approx(expected, **TOLERANCE), (name, arguments)


@given(predictions=classified())
def test_specificity_is_the_recall_of_the_rest(predictions: Predictions) -> None:
    found = metric("specificity")
    assert isinstance(found, PerClass)
    for number, share in enumerate(found.per_class(confusion(predictions))):
        others, not_taken = predictions.targets != number, predictions.decisions != number
        assert share == pytest.approx(quiet(sk.recall_score, others, not_taken, zero_division=0))


@given(predictions=classified())
def test_metrics_of_decisions(predictions: Predictions) -> None:
    pair, labels = (predictions.targets, predictions.decisions), range(predictions.scores.shape[1])
    kappas = {
        weights: quiet(sk.cohen_kappa_score, *pair, labels=labels, weights=None if weights == "none" else weights)
        for weights in ("none", "linear", "quadratic")
    }
    for weights, expected in kappas.items():
        assert compute(metric("cohen_kappa", weights=weights), predictions) == pytest.approx(expected, **TOLERANCE)
    for name, oracle in (
        ("accuracy", sk.accuracy_score),
        ("balanced_accuracy", sk.balanced_accuracy_score),
        ("matthews_corrcoef", sk.matthews_corrcoef),
    ):
        assert compute(metric(name), predictions) == pytest.approx(quiet(oracle, *pair), **TOLERANCE), name


@given(predictions=classified())
def test_metrics_of_probabilities(predictions: Predictions) -> None:
    labels = range(predictions.scores.shape[1])
    loss = quiet(sk.log_loss, predictions.targets, predictions.scores, labels=labels)
    assert compute(metric("log_loss"), predictions) == pytest.approx(loss, **TOLERANCE)
    for k in labels:
        best = compute(metric("top_k_accuracy", k=k + 1), predictions)
        if predictions.scores.shape[1] == 2:
            assert best == (compute(metric("top_k_accuracy", k=1), predictions) if k == 0 else 1)
        else:
            expected = quiet(sk.top_k_accuracy_score, predictions.targets, predictions.scores, k=k + 1, labels=labels)
            assert best == pytest.approx(expected)
    truth = np.eye(predictions.scores.shape[1])[predictions.targets]
    squares = ((predictions.scores - truth) ** 2).sum(1).mean() / (2 if predictions.scores.shape[1] == 2 else 1)
    assert compute(metric("brier_score"), predictions) == pytest.approx(squares, **TOLERANCE)


@given(predictions=classified())
def test_the_brier_score_of_two_classes_is_that_of_scikit_learn(predictions: Predictions) -> None:
    probabilities = predictions.scores[:, :2] / predictions.scores[:, :2].sum(1, keepdims=True)
    two = Predictions(predictions.targets % 2, probabilities.argmax(1), probabilities)
    expected = quiet(sk.brier_score_loss, two.targets, probabilities[:, 1], pos_label=1)
    assert compute(metric("brier_score"), two) == pytest.approx(expected, **TOLERANCE)


@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize(
    ("name", "oracle"), [("roc_auc", sk.roc_auc_score), ("average_precision", sk.average_precision_score)]
)
@given(predictions=classified())
def test_areas_under_curves(name: str, oracle: Callable[..., Any], average: Any, predictions: Predictions) -> None:
    ones = [1] if predictions.scores.shape[1] == 2 else [*range(predictions.scores.shape[1])]
    told = [one for one in ones if 0 < (predictions.targets == one).sum() < len(predictions.targets)]
    probabilities = [quiet(oracle, predictions.targets == one, predictions.scores[:, one]) for one in told]
    weights = [(predictions.targets == one).sum() for one in told] if average == "weighted" else None
    expected = np.average(probabilities, weights=weights) if told else np.nan
    assert compute(metric(name, average=average), predictions) == pytest.approx(expected, **TOLERANCE)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_the_area_over_all_classes_is_that_of_scikit_learn(average: Any) -> None:
    chance = np.random.default_rng(0)
    probabilities = chance.dirichlet(np.ones(5), 500)
    predictions = Predictions(chance.integers(0, 5, 500), probabilities.argmax(1), probabilities)
    expected = sk.roc_auc_score(predictions.targets, probabilities, multi_class="ovr", average=average)
    assert compute(metric("roc_auc", average=average), predictions) == pytest.approx(expected, **TOLERANCE)


@given(predictions=classified(), bins=st.integers(1, 20))
def test_the_calibration_error_is_the_sum_over_its_bins(predictions: Predictions, bins: int) -> None:
    sure, right = predictions.scores.max(1), predictions.decisions == predictions.targets
    # on the edge of two bins the rounding of `sure * bins` decides
    assume(np.abs(sure * bins - np.rint(sure * bins)).min() > 1e-9 or bins == 1)
    expected = 0.0
    for number in range(bins):
        inside = (sure > number / bins) & (sure <= (number + 1) / bins)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    assert compute(metric("calibration_error", bins=bins), predictions) == pytest.approx(expected, **TOLERANCE)


# ---- of numbers ----


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("mean_absolute_error", sk.mean_absolute_error),
        ("mean_squared_error", sk.mean_squared_error),
        ("root_mean_squared_error", sk.root_mean_squared_error),
        ("median_absolute_error", sk.median_absolute_error),
        ("max_error", sk.max_error),
        ("mean_absolute_percentage_error", sk.mean_absolute_percentage_error),
        ("r2", sk.r2_score),
        ("explained_variance", sk.explained_variance_score),
    ],
)
@given(predictions=numbered())
def test_metrics_of_numbers(name: str, oracle: Callable[..., Any], predictions: Predictions) -> None:
    expected = quiet(oracle, predictions.targets, predictions.decisions)
    assert compute(metric(name), predictions) == pytest.approx(expected, **TOLERANCE)


# ---- of all ----


def test_each_is_known_by_its_key() -> None:
    keys = {
        "f_beta_0_5_weighted": metric("f_beta", beta=0.5, average="weighted"),
        "top_k_accuracy_5": metric("top_k_accuracy", k=5),
        "precision": metric("precision"),
        "precision_micro": metric("precision", average="micro"),
        "calibration_error_10": metric("calibration_error", bins=10),
        "cohen_kappa_quadratic": metric("cohen_kappa", weights="quadratic"),
    }
    for key, entry in keys.items():
        assert entry.key() == key
        assert called(key) is type(entry)
    assert called("loss") is None


@pytest.mark.parametrize("name", names(Metric))
def test_what_is_better_is_larger_or_smaller(name: str) -> None:
    """Of a perfect judgement and a bad one the perfect one is better."""
    entry = find(Metric, name)
    assert entry is not None
    arguments = {"f_beta": {"beta": 2.0}, "top_k_accuracy": {"k": 1}}.get(name, {})
    if entry.of is Classes:
        targets = np.array([0, 1, 2, 0, 1, 2])
        right = Predictions(targets, targets, np.eye(3, dtype=np.float32)[targets])
        wrong = Predictions(targets, (targets + 1) % 3, np.eye(3, dtype=np.float32)[(targets + 1) % 3])
    else:
        right = Predictions(np.arange(6.0) + 1, np.arange(6.0) + 1)
        wrong = Predictions(np.arange(6.0) + 1, np.arange(6.0)[::-1] * 3)
    good, bad = (compute(entry(**arguments), predictions) for predictions in (right, wrong))
    assert good > bad if entry.larger_is_better else good < bad


@pytest.mark.parametrize("entry", entries(Metric), ids=lambda entry: entry.name())
@given(of_classes=classified(), of_numbers=numbered())
def test_a_metric_says_between_which_values_it_is(
    entry: type[Metric], of_classes: Predictions, of_numbers: Predictions
) -> None:
    arguments: dict[str, Any] = {"f_beta": {"beta": 2.0}, "top_k_accuracy": {"k": 2}}.get(entry.name(), {})
    value = compute(metric(entry.name(), **arguments), of_classes if entry.of is Classes else of_numbers)
    assert np.isnan(value) or entry.span[0] - 1e-9 <= value <= entry.span[1] + 1e-9


@pytest.mark.parametrize("name", [entry.name() for entry in entries(Metric) if issubclass(entry, PerClass)])
def test_a_thousand_classes_take_a_moment(name: str) -> None:
    counts = np.random.default_rng(0).integers(0, 50, (1000, 1000))
    entry = metric(name, **({"beta": 2.0} if name == "f_beta" else {}))
    assert isinstance(entry, PerClass)
    fastest = min(_seconds(entry, counts) for _ in range(5))
    assert fastest < 0.005


def _seconds(entry: PerClass, counts: np.ndarray) -> float:
    began = perf_counter()
    entry.per_class(counts)
    return perf_counter() - began
