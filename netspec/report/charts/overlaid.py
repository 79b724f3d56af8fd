"""A value of several runs over the epochs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from netspec.report.charts.curves import History, column, epoch_axis, label_ends
from netspec.report.charts.style import RUNS, figure_of, style


def overlaid(histories: Mapping[str, History], name: str) -> Figure:
    """One value over the epochs of several runs, each by its own name and in its own colour."""
    figure = figure_of(name.replace(".", " "))
    axes = figure.add_subplot()
    style(axes)
    lines: dict[str, np.ndarray] = {}
    colours: dict[str, str] = {}
    ends: dict[str, int] = {}
    epochs: list[int] = []
    for index, (run, history) in enumerate(histories.items()):
        values = column(history, name)
        if not np.isfinite(values).any():
            continue
        own = [int(row["epoch"]) for row in history]
        epochs += own
        lines[run], colours[run], ends[run] = values, RUNS[index % len(RUNS)], own[-1]
        dashes = "-" if index < len(RUNS) else (0, (4, 2))
        marker = "o" if len(own) <= 30 else ""
        axes.plot(own, values, color=colours[run], linewidth=1.8, linestyle=dashes, marker=marker, markersize=3.5)
    epoch_axis(axes, epochs)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if "accuracy" in name:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.margins(y=0.12)
    axes.set_ylim(axes.get_ylim())
    for last in sorted(set(ends.values())):
        together = {run: values for run, values in lines.items() if ends[run] == last}
        label_ends(axes, together, colours, None if last == max(epochs) else last)
    return figure
