"""Charts of runs and studies."""

from __future__ import annotations

import netspec.report.backend  # noqa: F401  # pyright: ignore[reportUnusedImport] - before matplotlib

# isort: split
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from netspec.catalogue.metrics import Predictions
from netspec.catalogue.targets import Target
from netspec.report.charts.calibration import reliability_diagram
from netspec.report.charts.confusion import ANNOTATED, confusion_matrix, confusion_shares
from netspec.report.charts.curves import curve, drawn_values, learning_rate
from netspec.report.charts.numbers import drawable, predicted, residuals
from netspec.report.charts.plane import decision_regions
from netspec.report.charts.roc_curves import RocCurves, precision_recall, roc, roc_curve
from netspec.runner.events import Evaluation, RunResult

Named = Iterator[tuple[str, Figure]]
"""Figures by their names in the report."""


def draw(result: RunResult, curves: Sequence[RocCurves]) -> dict[str, Figure]:
    """Every chart that the run has the numbers for, by its name."""
    figures = training_charts(result)
    evaluation, target = result.evaluation, result.program.type.target
    if evaluation is None:
        return figures
    for name, drawn in OF_EVALUATIONS.items():
        if name in target.charts:
            figures |= dict(drawn(evaluation, target))
    if (regions := result.report_samples.regions) is not None:
        figures["decision_regions"] = decision_regions(regions)
    if curves:
        figures |= {"roc": roc(curves), "precision_recall": precision_recall(curves)}
    return figures


def training_charts(result: RunResult) -> dict[str, Figure]:
    """The curves over the epochs."""
    figures = {name: curve(result.history, name, result.best_epoch) for name in drawn_values(result)}
    if any("train.lr" in row for row in result.history):
        figures["learning_rate"] = learning_rate(result.history)
    return figures


def roc_curves(result: RunResult) -> tuple[RocCurves, ...]:
    """The curves of each class against the rest; none where the loss gives no probabilities."""
    evaluation, target = result.evaluation, result.program.type.target
    if "roc_curves" not in target.charts or evaluation is None or not has_probabilities(evaluation.predictions):
        return ()
    assert evaluation.predictions is not None
    return roc_curve(evaluation.predictions, target.labels)


def has_probabilities(predictions: Predictions | None) -> bool:
    if predictions is None or predictions.probabilities is None:
        return False
    return bool(np.isfinite(predictions.probabilities).all())


# ---- by the names that targets have for them ----


def _confusion(evaluation: Evaluation, target: Target) -> Named:
    if evaluation.confusion is not None:
        yield "confusion_matrix", confusion_matrix(evaluation.confusion, target.labels)
        if len(target.labels) <= ANNOTATED:
            yield "confusion_shares", confusion_shares(evaluation.confusion, target.labels)


def _calibration(evaluation: Evaluation, target: Target) -> Named:
    if evaluation.predictions is not None and has_probabilities(evaluation.predictions):
        yield "calibration", reliability_diagram(evaluation.predictions)


def _numbers(evaluation: Evaluation, target: Target) -> Named:
    if evaluation.predictions is not None and drawable(evaluation.predictions):
        yield "predicted", predicted(evaluation.predictions)
        yield "residuals", residuals(evaluation.predictions)


OF_EVALUATIONS: Mapping[str, Callable[[Evaluation, Target], Named]] = {
    "confusion": _confusion,
    "numbers": _numbers,
    "calibration": _calibration,
}
"""What each name in `Target.charts` draws; `roc_curves` and `mistakes` are more than figures."""
