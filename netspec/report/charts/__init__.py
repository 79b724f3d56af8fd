"""Charts of a finished run, each as a figure that becomes a PNG file and an SVG element of the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from netspec.catalogue.metrics import Judged
from netspec.catalogue.types import Classes
from netspec.report.charts.calibration import reliability_diagram
from netspec.report.charts.confusion import ANNOTATED, confusion_matrix, confusion_shares
from netspec.report.charts.curves import curve, drawn_values, learning_rate
from netspec.report.charts.numbers import drawable, predicted, residuals
from netspec.report.charts.roc_curves import ToldApart, precision_recall, roc, told_apart
from netspec.runner.events import RunResult


def draw(result: RunResult, apart: Sequence[ToldApart]) -> dict[str, Figure]:
    """Every chart that the run has the numbers for, by its name."""
    figures = training_charts(result)
    judgement, target = result.judgement, result.program.type.target
    if judgement is None:
        return figures
    judged = judgement.judged
    if not isinstance(target, Classes):
        if drawable(judged):
            figures |= {"predicted": predicted(judged), "residuals": residuals(judged)}
        return figures
    figures["confusion_matrix"] = confusion_matrix(judged.counts, target.names)
    if target.count <= ANNOTATED:
        figures["confusion_shares"] = confusion_shares(judged.counts, target.names)
    if apart:
        figures |= {"roc": roc(apart), "precision_recall": precision_recall(apart)}
    if has_probabilities(judged):
        figures["calibration"] = reliability_diagram(judged)
    return figures


def training_charts(result: RunResult) -> dict[str, Figure]:
    """The curves over the epochs."""
    figures = {name: curve(result.history, name, result.best_epoch) for name in drawn_values(result)}
    if any("train.lr" in row for row in result.history):
        figures["learning_rate"] = learning_rate(result.history)
    return figures


def classes_apart(result: RunResult) -> tuple[ToldApart, ...]:
    """How well the classes are told apart; nothing where the loss knows no probabilities."""
    judgement, target = result.judgement, result.program.type.target
    if judgement is None or not isinstance(target, Classes) or not has_probabilities(judgement.judged):
        return ()
    return told_apart(judgement.judged, target.names)


def has_probabilities(judged: Judged) -> bool:
    return judged.probabilities is not None and bool(np.isfinite(judged.probabilities).all())
