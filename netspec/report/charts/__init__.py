"""Charts of a finished run, each as a figure that becomes a PNG file and an SVG element of the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from netspec.catalogue.metrics import Predictions
from netspec.catalogue.types import Classes
from netspec.report.charts.calibration import reliability_diagram
from netspec.report.charts.confusion import ANNOTATED, confusion_matrix, confusion_shares
from netspec.report.charts.curves import curve, drawn_values, learning_rate
from netspec.report.charts.numbers import drawable, predicted, residuals
from netspec.report.charts.roc_curves import RocCurves, precision_recall, roc, roc_curve
from netspec.runner.events import RunResult


def draw(result: RunResult, apart: Sequence[RocCurves]) -> dict[str, Figure]:
    """Every chart that the run has the numbers for, by its name."""
    figures = training_charts(result)
    evaluation, target = result.evaluation, result.program.type.target
    if evaluation is None:
        return figures
    predictions = evaluation.predictions
    if not isinstance(target, Classes):
        if drawable(predictions):
            figures |= {"predicted": predicted(predictions), "residuals": residuals(predictions)}
        return figures
    figures["confusion_matrix"] = confusion_matrix(predictions.counts, target.names)
    if target.count <= ANNOTATED:
        figures["confusion_shares"] = confusion_shares(predictions.counts, target.names)
    if apart:
        figures |= {"roc": roc(apart), "precision_recall": precision_recall(apart)}
    if has_probabilities(predictions):
        figures["calibration"] = reliability_diagram(predictions)
    return figures


def training_charts(result: RunResult) -> dict[str, Figure]:
    """The curves over the epochs."""
    figures = {name: curve(result.history, name, result.best_epoch) for name in drawn_values(result)}
    if any("train.lr" in row for row in result.history):
        figures["learning_rate"] = learning_rate(result.history)
    return figures


def roc_curves(result: RunResult) -> tuple[RocCurves, ...]:
    """How well the classes are told apart; nothing where the loss knows no probabilities."""
    evaluation, target = result.evaluation, result.program.type.target
    if evaluation is None or not isinstance(target, Classes) or not has_probabilities(evaluation.predictions):
        return ()
    return roc_curve(evaluation.predictions, target.names)


def has_probabilities(predictions: Predictions) -> bool:
    return predictions.probabilities is not None and bool(np.isfinite(predictions.probabilities).all())
