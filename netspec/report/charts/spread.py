"""A figure over several runs: what each came to, their mean, and its interval."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from netspec.render import words
from netspec.report.charts.style import LINE, MUTED, VALIDATION, figure_of, style
from netspec.runner.uses.run_summary import Spread

HEIGHT, ROW = 110, 9
"""The height of a figure without its runs, and what each run adds, in pixels."""
MOST = 30
"""More runs than these stand closer together."""


def spread_of(name: str, values: Sequence[float], spread: Spread) -> Figure:
    """A point for each run from top to bottom, a line at the mean, and the interval as a band."""
    figure = figure_of(name.replace(".", " ").replace("_", " "), height=HEIGHT + ROW * min(len(values), MOST))
    axes = figure.add_subplot()
    style(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    if spread.low is not None and spread.high is not None:
        axes.axvspan(spread.low, spread.high, color=VALIDATION, alpha=0.13, linewidth=0)
    axes.axvline(spread.mean, color=VALIDATION, linewidth=1.4)
    axes.plot(values, range(len(values)), linestyle="", marker="o", markersize=4.5, color=VALIDATION)
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_yticks([])
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    measured = name.partition(".")[2]
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.measure(measured, value)))
    axes.set_ylabel("runs", color=MUTED, fontsize=10, labelpad=4)
    return figure
