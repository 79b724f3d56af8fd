"""Calibration: how often the network is right when it is so sure."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from netspec.catalogue.calibration import Bins, expected_error, reliability
from netspec.catalogue.metrics import Predictions
from netspec.report.charts.style import LINE, MUTED, VALIDATION, WORST, figure_of, name_axes, square, style

BINS = 15


def calibration_error(predictions: Predictions) -> float:
    """The expected calibration error."""
    return expected_error(_bins(predictions))


def _bins(predictions: Predictions) -> Bins:
    return reliability(predictions.scores.max(axis=1), predictions.decisions == predictions.targets, BINS)


def reliability_diagram(predictions: Predictions) -> Figure:
    """The share that is right over the probability of the predicted class, and below how many samples are so sure."""
    confidence, right, number = _bins(predictions)
    filled = number > 0
    confidence, right, counted = confidence[filled] / number[filled], right[filled] / number[filled], number[filled]
    middles = (np.flatnonzero(filled) + 0.5) / BINS
    figure = figure_of("reliability", 390, 470)
    axes, below = figure.subplots(2, height_ratios=(4, 1), sharex=True)
    square(axes, "", "share that is right")
    axes.set_aspect("auto")  # as wide as the bars below
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)))
    axes.bar(middles, right, 0.9 / BINS, color=VALIDATION, alpha=0.35)
    axes.vlines(confidence, np.minimum(confidence, right), np.maximum(confidence, right), color=WORST, linewidth=1.6)
    axes.plot(confidence, right, linestyle="", marker="o", markersize=4.5, color=VALIDATION)
    style(below)
    below.bar(middles, counted / counted.sum(), 0.9 / BINS, color=VALIDATION, alpha=0.35)
    below.set_ylim(0, 1)
    below.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    below.axhline(0, color=LINE, linewidth=0.8)
    name_axes(below, "probability of the predicted class", "samples")
    figure.align_ylabels()
    return figure
