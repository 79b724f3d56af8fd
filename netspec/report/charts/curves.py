"""Curves over the epochs: a value of training and validation, and the learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from netspec.program.training import watched
from netspec.report.charts.style import MUTED, TRAIN, VALIDATION, figure_of, style
from netspec.runner.events import RunResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = 4
"""So many values have a curve at most, beside the learning rate."""

History = Sequence[Mapping[str, float]]


def drawn_values(result: RunResult) -> list[str]:
    """The values that have a curve: the loss, the accuracy or what else is measured first, and what is watched."""
    measured = [name.partition(".")[2] for row in result.history[:1] for name in row if name.startswith("validation.")]
    first = [name for name in measured if name not in ("loss", "accuracy")][:1]
    has_accuracy = any("train.accuracy" in row for row in result.history)
    wanted = ["loss", "accuracy", *(() if has_accuracy else first)]
    wanted += [value.partition(".")[2] for _, value in watched(result.program.train)]
    names = {name.partition(".")[2] for row in result.history for name in row}
    return [name for name in dict.fromkeys(wanted) if name in names][:DRAWN]


def curve(history: History, name: str, best_epoch: int | None) -> Figure:
    """One value over the epochs, of training and validation, with the best epoch marked."""
    figure = figure_of(name.replace("_", " "))
    axes = figure.add_subplot()
    style(axes)
    epochs = [int(row["epoch"]) for row in history]
    splits = {"train": TRAIN, "validation": VALIDATION}
    lines = {split: column(history, f"{split}.{name}") for split in splits}
    lines = {split: values for split, values in lines.items() if np.isfinite(values).any()}
    for split, values in lines.items():
        _draw(axes, epochs, values, splits[split])
    epoch_axis(axes, epochs)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if "accuracy" in name:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    # the data's own range plus room; labels and the mark are placed in it, so it is fixed before them
    axes.margins(y=0.12)
    axes.set_ylim(axes.get_ylim())
    label_ends(axes, lines, splits)
    if best_epoch in epochs and lines:
        split = "validation" if "validation" in lines else "train"
        _mark_best(axes, epochs, best_epoch, lines[split], splits[split])
    return figure


def learning_rate(history: History) -> Figure:
    """The learning rate of each epoch's last step."""
    figure = figure_of("learning rate")
    axes = figure.add_subplot()
    style(axes)
    epochs, rates = [int(row["epoch"]) for row in history], column(history, "train.lr")
    _draw(axes, epochs, rates, TRAIN)
    epoch_axis(axes, epochs)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
    axes.set_ylim(0, 1.15 * float(np.nanmax(rates, initial=0)) or 1)
    return figure


def _draw(axes: Axes, epochs: Sequence[int], values: np.ndarray, colour: str) -> None:
    # a dot for each epoch while they stand apart; a single epoch is nothing but its dot
    marker = "o" if len(epochs) <= 30 else ""
    axes.plot(epochs, values, color=colour, linewidth=1.8, marker=marker, markersize=3.5)


def column(history: History, name: str) -> np.ndarray:
    """A value by epoch; what is missing or infinite is a gap in the line."""
    values = [row.get(name, math.nan) for row in history]
    return np.array([value if math.isfinite(value) else math.nan for value in values], dtype=float)


def epoch_axis(axes: Axes, epochs: Sequence[int]) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    first, last = min(epochs), max(epochs)
    room = 0.5 if first == last else (last - first) * 0.03
    # no room for an epoch 0, which there is not
    axes.set_xlim(first - min(room, 0.5), last + room)
    axes.set_xlabel("epoch", color=MUTED, fontsize=10, loc="right", labelpad=2)


def label_ends(axes: Axes, lines: Mapping[str, np.ndarray], colours: Mapping[str, str], at: int | None = None) -> None:
    """Each line's name right of its last point, at an epoch or at the plot's edge, apart from each other where lines
    end together."""
    low, high = axes.get_ylim()
    gap = 0.075 * (high - low)
    ends = sorted((float(values[np.isfinite(values)][-1]), name) for name, values in lines.items())
    heights = _apart([value for value, _ in ends], gap)
    edge = axes.get_xlim()[1] if at is None else at
    for height, (_, name) in zip(heights, ends, strict=True):
        axes.annotate(
            name,
            (edge, height),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=colours[name],
            fontsize=11,
            annotation_clip=False,
        )


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Rising heights that are a gap apart at least; those that have to give way stay together around their middle."""
    groups: list[tuple[float, int]] = []  # the middle of those that touch, and how many they are
    for height in heights:
        middle, size = height, 1
        while groups and middle - groups[-1][0] < gap * (size + groups[-1][1]) / 2:
            before, others = groups.pop()
            middle, size = (middle * size + before * others) / (size + others), size + others
        groups.append((middle, size))
    return [middle + gap * (index - (size - 1) / 2) for middle, size in groups for index in range(size)]


def _mark_best(axes: Axes, epochs: Sequence[int], best: int, values: np.ndarray, colour: str) -> None:
    """A ring on the best epoch's point and its number above the plot."""
    axes.axvline(best, color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)), zorder=0.5)
    value = values[epochs.index(best)]
    axes.plot([best], [value], marker="o", markersize=8, markerfacecolor="none", markeredgecolor=colour)
    axes.annotate(
        f"best: epoch {best}",
        (best, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color=MUTED,
        fontsize=10,
    )
