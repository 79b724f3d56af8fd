"""The metrics against scikit-learn, over confusion matrices of every kind."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from netspec.catalogue.metrics import PerClass
from netspec.catalogue.metrics.accuracy import Accuracy
from netspec.catalogue.metrics.f1 import F1
from netspec.catalogue.metrics.precision import Precision
from netspec.catalogue.metrics.recall import Recall


@st.composite
def confusions(draw: st.DrawFn) -> np.ndarray:
    """Counts with a sample at least; many a class is without samples, or without predictions."""
    size = draw(st.integers(2, 6))
    counts = np.array(draw(st.lists(st.sampled_from((0, 0, 1, 2, 70_000)), min_size=size**2, max_size=size**2)))
    counts[draw(st.integers(0, size**2 - 1))] += 1
    return counts.reshape(size, size)


@given(confusions())
def test_they_say_what_scikit_learn_says(counts: np.ndarray) -> None:
    true, predicted = (places.ravel() for places in np.indices(counts.shape))
    weights, classes = counts.ravel(), list(range(len(counts)))
    expected = precision_recall_fscore_support(
        true, predicted, labels=classes, sample_weight=weights, average=None, zero_division=0
    )
    for metric, scores in zip((Precision(), Recall(), F1()), expected[:3], strict=True):
        assert metric.per_class(counts) == pytest.approx(scores.tolist(), rel=1e-12)
        assert metric.compute(counts) == pytest.approx(scores.mean(), rel=1e-12)
    accuracy = accuracy_score(true, predicted, sample_weight=weights)
    assert Accuracy().compute(counts) == pytest.approx(accuracy, rel=1e-12)


@pytest.mark.parametrize("metric", [Precision(), Recall(), F1()])
def test_a_thousand_classes_take_a_moment(metric: PerClass) -> None:
    counts = np.random.default_rng(0).integers(0, 50, (1000, 1000))
    fastest = min(_seconds(metric, counts) for _ in range(5))
    assert fastest < 0.005


def _seconds(metric: PerClass, counts: np.ndarray) -> float:
    began = perf_counter()
    metric.per_class(counts)
    return perf_counter() - began
