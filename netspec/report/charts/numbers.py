"""Predicted numbers: against the true ones, and how far they are off."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netspec.catalogue.metrics import Predictions
from netspec.report.charts.style import LINE, MUTED, VALIDATION, WORST, figure_of, name_axes, style

POINTS = 1000
"""So many samples are drawn at most, evenly chosen."""


def predicted(predictions: Predictions) -> Figure:
    """A point for each sample, on the line where the prediction is right."""
    true, said = _chosen(predictions)
    figure = figure_of("predicted against true", 390, 390)
    axes = figure.add_subplot()
    style(axes)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    low, high = min(true.min(), said.min()), max(true.max(), said.max())
    room = 0.04 * (high - low) or 1
    axes.plot([low - room, high + room], [low - room, high + room], color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)))
    axes.plot(true, said, linestyle="", marker="o", markersize=4, markeredgewidth=0, color=VALIDATION, alpha=0.55)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(low - room, high + room)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    name_axes(axes, "true", "predicted")
    return figure


def residuals(predictions: Predictions) -> Figure:
    """How far each prediction is off, over what was predicted, and how often beside it."""
    true, said = _chosen(predictions)
    missed = said - true
    figure = figure_of("residuals, predicted minus true", 390, 390)
    axes, beside = figure.subplots(1, 2, width_ratios=(4, 1), sharey=True)
    style(axes)
    axes.axhline(0, color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)))
    axes.axhline(missed.mean(), color=WORST, linewidth=1.2)
    axes.plot(said, missed, linestyle="", marker="o", markersize=4, markeredgewidth=0, color=VALIDATION, alpha=0.55)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    name_axes(axes, "predicted", "residual")
    style(beside)
    beside.hist(missed, bins=20, orientation="horizontal", color=VALIDATION, alpha=0.35)
    beside.set_xticks([])
    return figure


def drawable(predictions: Predictions) -> bool:
    """Whether there is any sample with a finite number to draw."""
    return bool(np.isfinite(predictions.decisions).any())


def _chosen(predictions: Predictions) -> tuple[np.ndarray, np.ndarray]:
    every = max(1, -(-len(predictions.targets) // POINTS))
    true, said = predictions.targets[::every], predictions.decisions[::every]
    finite = np.isfinite(said) & np.isfinite(true)
    return (true[finite], said[finite]) if finite.any() else (np.zeros(1), np.zeros(1))
