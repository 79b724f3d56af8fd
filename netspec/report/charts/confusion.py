"""The confusion matrix: how many samples of each class were taken for which, and which share of the class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netspec.render.words import count, shorten
from netspec.report.charts.style import CELL, DOTS, INK, MUTED, ON_CELL, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANNOTATED = 20
"""Up to so many classes the matrix has room for its numbers and the classes' names."""


def confusion_matrix(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Counts by true class (row) and predicted class (column), coloured by the count's share of its row."""
    return _matrix(counts, names, lambda place: count(int(counts[place])))


def confusion_shares(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """The same matrix with the shares of the rows in percent."""
    shares = _shares(counts)
    return _matrix(counts, names, lambda place: _percent(float(shares[place])))


def _matrix(counts: np.ndarray, names: Sequence[str], text: Callable[[tuple[int, ...]], str]) -> Figure:
    size = len(counts)
    side = max(200, min(size * (44 if size <= 10 else 32), 480))
    figure = Figure(figsize=(side / DOTS, side / DOTS), dpi=DOTS)
    axes = figure.add_axes((0, 0, 1, 1))
    # one colour, more or less opaque, stands on a light page and on a dark one; the root lets small shares, the
    # mistakes, be seen beside large ones
    opacity = np.sqrt(_shares(counts))
    cells = np.empty((size, size, 4))
    cells[..., :3] = to_rgb(CELL)
    cells[..., 3] = opacity
    axes.imshow(cells, interpolation="none")
    style(axes)
    axes.grid(visible=False)
    axes.set_xlabel("predicted", color=MUTED, fontsize=11, labelpad=6)
    axes.set_ylabel("true", color=MUTED, fontsize=11, labelpad=6)
    if size <= ANNOTATED:
        _name_classes(axes, names)
        _write(axes, counts, opacity, text)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _shares(counts: np.ndarray) -> np.ndarray:
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)


def _percent(share: float) -> str:
    """A share in as few digits as fit into a cell; what is little isn't nothing."""
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def _name_classes(axes: Axes, names: Sequence[str]) -> None:
    short = [shorten(name, 16) for name in names]
    # a name may hold a `$`, which is a letter here and not the start of a formula
    axes.set_yticks(range(len(short)), short, parse_math=False, color=INK)
    upright = max(map(len, short)) <= 3
    axes.set_xticks(
        range(len(short)),
        short,
        parse_math=False,
        color=INK,
        rotation=0 if upright else 45,
        ha="center" if upright else "right",
        rotation_mode="anchor",
    )


def _write(axes: Axes, counts: np.ndarray, opacity: np.ndarray, text: Callable[[tuple[int, ...]], str]) -> None:
    """The number in each cell; where it is 0 a dot, so that the mistakes stand out."""
    size = 10 if len(counts) <= 10 else 8
    for place, number in np.ndenumerate(counts):
        colour = ON_CELL if opacity[place] > 0.8 else INK if number else MUTED
        row, column = place
        words = text(place) if number else "·"
        # what is within the axes needs no room around them, and there are many of them
        axes.text(column, row, words, ha="center", va="center", color=colour, fontsize=size, in_layout=False)
