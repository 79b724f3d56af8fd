"""Points in a plane by class, and the regions in which a network predicts each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netspec.data.points import MOST, Points
from netspec.data.split import subsample
from netspec.render.words import shorten
from netspec.report.charts.style import INK, LINE, RUNS, figure_of, name_axes, style
from netspec.runner.decision_regions import DecisionRegions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""One fewer than the colors, so that classes with the same color have other shapes."""
OPACITY = 0.26
"""Of regions: they can be told apart on a light page and on a dark one, and points can be seen on them."""
NAMED = 12
"""More classes have no legend."""
WIDTH, HEIGHT, LINE_HEIGHT = 480, 400, 18


def scatter(points: Points, title: str) -> Figure:
    """Some of the points, with the color and the shape of their classes."""
    figure, axes = _plane(points, title)
    chosen = subsample(len(points.values), MOST)
    _draw(axes, points, chosen)
    _name_classes(figure, axes, points)
    return figure


def decision_regions(regions: DecisionRegions) -> Figure:
    """The predicted class at each place as the color of the background, with points by their true class; those whose
    class is predicted wrongly have a ring."""
    points = regions.points
    figure, axes = _plane(points, "decision regions", wrong=True)
    colors = np.array([to_rgb(RUNS[number % len(RUNS)]) for number in range(len(points.labels))])
    shades = np.concatenate([colors, np.full((len(colors), 1), OPACITY)], axis=1)
    extent = (*_sides(regions.across), *_sides(regions.up))
    axes.imshow(shades[regions.classes], interpolation="none", origin="lower", aspect="auto", extent=extent, zorder=0.4)
    _draw(axes, points, np.arange(len(points.values)))
    across, up = points.values[regions.wrong].T
    ring: Any = {"linestyle": "", "marker": "o", "markersize": 9, "markerfacecolor": "none", "markeredgecolor": INK}
    axes.plot(across, up, label=f"misclassified ({regions.wrong.sum()})", **ring)
    _name_classes(figure, axes, points)
    return figure


def _sides(places: np.ndarray) -> tuple[float, float]:
    """Where the first of some cells begins and the last one ends; `places` are their middles."""
    half = (places[1] - places[0]) / 2
    return float(places[0] - half), float(places[-1] + half)


def _plane(points: Points, title: str, *, wrong: bool = False) -> tuple[Figure, Axes]:
    """A figure with the axes of the plane; its height has room for the legend."""
    entries = (len(points.labels) if len(points.labels) <= NAMED else 0) + wrong
    figure = figure_of(title, WIDTH, HEIGHT + LINE_HEIGHT * -(-entries // 3))
    axes = figure.add_subplot()
    style(axes)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    name_axes(axes, *(shorten(name, 40) for name in points.axes))
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_parse_math(False)
    return figure, axes


def _draw(axes: Axes, points: Points, chosen: np.ndarray) -> None:
    for number, label in enumerate(points.labels):
        across, up = points.values[chosen[points.targets[chosen] == number]].T
        look: Any = {"marker": MARKERS[number % len(MARKERS)], "color": RUNS[number % len(RUNS)]}
        axes.plot(across, up, linestyle="", markersize=4.5, markeredgewidth=0, alpha=0.9, label=label, **look)


def _name_classes(figure: Figure, axes: Axes, points: Points) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if len(points.labels) > NAMED:
        handles, labels = handles[len(points.labels) :], labels[len(points.labels) :]
    if not handles:
        return
    names = [shorten(label, 20) for label in labels]
    look: Any = {"frameon": False, "labelcolor": INK, "fontsize": 10}
    legend = figure.legend(handles, names, loc="outside lower left", ncols=3, **look)
    for text in legend.get_texts():
        text.set_parse_math(False)
