"""Axes of objectives: their range, their numbers, and how trials look on them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from netspec.catalogue.sections.search import COSTS, LATENCY, Goal
from netspec.report.charts.style import INK, MUTED, VALIDATION, WORST, figure_of, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACH = 3.0
"""What is further away from the middle half of the values than so many times its width is drawn at the edge."""


def plain() -> AbstractContextManager[None]:
    """The settings of matplotlib under which charts of trials are made and saved: names are no formulas."""
    settings: Any = {"text.parse_math": False}
    return mpl.rc_context(settings)


def begun(goal: Goal, title: str, width: float = 390, height: float = 245) -> tuple[Figure, Axes]:
    figure = figure_of(title, width, height)
    axes = figure.add_subplot()
    style(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(ticks(goal))
    return figure, axes


def limit(axes: Axes, values: Sequence[float]) -> None:
    """Have the axis be that of most values, so that a few that are far away don't hide the others."""
    finite = np.array([value for value in values if np.isfinite(value)])
    if not len(finite):
        return
    lower, upper = np.percentile(finite, [25, 75])
    reach = REACH * (upper - lower)
    near = finite[(finite >= lower - reach) & (finite <= upper + reach)] if reach > 0 else finite
    low, high = float(near.min()), float(near.max())
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    axes.set_ylim(low - room, high + room)


def look(state: str) -> Any:
    match state:
        case "complete":
            return {
                "linestyle": "",
                "marker": "o",
                "markersize": 5,
                "markeredgewidth": 0,
                "color": VALIDATION,
                "alpha": 0.75,
            }
        case "stopped":
            look = {"linestyle": "", "marker": "o", "markersize": 4.5, "markerfacecolor": "none", "markeredgewidth": 1}
            return {**look, "color": MUTED, "alpha": 0.7}
        case _:
            return {"linestyle": "", "marker": "x", "markersize": 6, "markeredgewidth": 1.6, "color": WORST}


def ticks(goal: Goal) -> FuncFormatter:
    """Numbers on the axis of an objective."""
    if "accuracy" in goal.name:
        return FuncFormatter(lambda value, _: f"{100 * value:.4g}%")
    if goal.name == LATENCY:
        return FuncFormatter(lambda value, _: f"{1000 * value:.3g} ms")
    if goal.name in COSTS:
        return FuncFormatter(lambda value, _: _short(value))
    return FuncFormatter(lambda value, _: f"{value:.4g}")


def _short(value: float) -> str:
    """A large number of things: `12.5k`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def aim(goal: Goal) -> str:
    return f"{goal.name}, {'higher' if goal.larger_is_better else 'lower'} is better"


def legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower left", ncols=4, frameon=False, labelcolor=INK, fontsize=10)
