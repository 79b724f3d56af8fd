"""What a study says of its params and of its best trials: shares of the variance, and the runs that confirm."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from netspec.catalogue.sections.search import Goal
from netspec.render.words import shorten
from netspec.report.charts.objectives import look, ticks
from netspec.report.charts.style import INK, LINE, MUTED, VALIDATION, figure_of, style
from netspec.report.confirmed import Confirmed
from netspec.report.importance import Importance


def importance_chart(found: Sequence[Importance], objective: str = "") -> Figure:
    """The share of each param as a bar, with its interval; lighter where it may be chance."""
    figure = figure_of(f"share of the variance{f' of {objective}' if objective else ''}", height=62 + 30 * len(found))
    axes = figure.add_subplot()
    style(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    for row, one in enumerate(found):
        axes.barh(
            row,
            one.share,
            height=0.5,
            color=VALIDATION if one.is_shown else MUTED,
            alpha=0.85 if one.is_shown else 0.35,
        )
        axes.plot([one.low, one.high], [row, row], color=INK, linewidth=1.4, marker="|", markersize=7)
    axes.set_yticks(range(len(found)), [shorten(one.name, 16) for one in found])
    axes.set_ylim(len(found) - 0.45, -0.55)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    return figure


def confirmed_chart(goal: Goal, trials: Sequence[Confirmed]) -> Figure:
    """The values of each confirmed trial's runs as points, a row a trial, with their mean and its interval."""
    figure = figure_of(goal.name, height=70 + 30 * len(trials))
    axes = figure.add_subplot()
    style(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    for row, one in enumerate(trials):
        values = [value for value in one.values if isfinite(value)]
        if one.spread.low is not None and one.spread.high is not None:
            band = [one.spread.low, one.spread.high]
            axes.plot(band, [row, row], color=VALIDATION, linewidth=7, alpha=0.2, solid_capstyle="butt")
        axes.plot(values, [row] * len(values), **look("complete"))
        if values:
            axes.plot([one.spread.mean], [row], linestyle="", marker="|", markersize=15, markeredgewidth=1.6, color=INK)
    axes.set_yticks(range(len(trials)), [f"trial {one.trial.number}" for one in trials])
    axes.set_ylim(len(trials) - 0.45, -0.55)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(ticks(goal))
    return figure
