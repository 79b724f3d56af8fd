"""Plots of a finished run: curves over the epochs and the confusion matrix, as PNG files and as inline SVG."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from netspec.catalogue.types import Classes
from netspec.render.words import count, shorten
from netspec.runner.events import RunResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, LINE = "#1b1f24", "#5c6671", "#e3e6eb"
TRAIN, VALIDATION = "#8c6d1f", "#0072b2"
"""Ochre and blue: told apart by every kind of eye, by their lightness in grey, and by their labels."""
RUNS = ("#0a6fb0", "#b35806", "#00795a", "#a6408a", "#8a6a1c", "#56707f", "#c0392b", "#1b7f9c")
"""The colours of runs beside each other; more of them take turns, with broken lines."""
CELL, ON_CELL = "#17699f", "#ffffff"
COLOURS = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    TRAIN: "--train",
    VALIDATION: "--validation",
    **{colour: f"--run-{number}" for number, colour in enumerate(RUNS, start=1)},
}
"""The colours that a page may give in its own light or dark way, and its names for them."""

DOTS = 72
"""Dots per inch at which a point is a pixel, so that sizes below are pixels of the SVG."""
ANNOTATED = 20
"""Up to so many classes the confusion matrix has room for its counts and the classes' names."""

History = Sequence[Mapping[str, float]]


def draw(result: RunResult) -> dict[str, Figure]:
    """Every plot that the run has the numbers for, by its name: `loss`, `accuracy`, `confusion_matrix`."""
    figures = {
        name: curves(result.history, name, result.best_epoch)
        for name in ("loss", "accuracy")
        if any(f"train.{name}" in row or f"validation.{name}" in row for row in result.history)
    }
    target = result.program.type.target
    if result.test is not None and isinstance(target, Classes):
        figures["confusion_matrix"] = confusion_matrix(result.test.judged.counts, target.names)
    return figures


def curves(history: History, name: str, best_epoch: int | None) -> Figure:
    """One value over the epochs, of training and validation, with the best epoch marked."""
    figure = Figure(figsize=(390 / DOTS, 245 / DOTS), dpi=DOTS, layout="constrained")
    figure.suptitle(name, x=0.012, ha="left", color=INK, fontsize=12, fontweight="bold")
    axes = figure.add_subplot()
    style(axes)
    epochs = [int(row["epoch"]) for row in history]
    splits = {"train": TRAIN, "validation": VALIDATION}
    lines = {split: _column(history, f"{split}.{name}") for split in splits}
    lines = {split: values for split, values in lines.items() if np.isfinite(values).any()}
    for split, values in lines.items():
        # a dot for each epoch while they stand apart; a single epoch is nothing but its dot
        marker = "o" if len(epochs) <= 30 else ""
        axes.plot(epochs, values, color=splits[split], linewidth=1.8, marker=marker, markersize=3.5)
    _epoch_axis(axes, epochs)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if name == "accuracy":
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    # the data's own range plus room; labels and the mark are placed in it, so it is fixed before them
    axes.margins(y=0.12)
    axes.set_ylim(axes.get_ylim())
    _label_ends(axes, lines, splits)
    if best_epoch in epochs and lines:
        split = "validation" if "validation" in lines else "train"
        _mark_best(axes, epochs, best_epoch, lines[split], splits[split])
    return figure


def overlaid(histories: Mapping[str, History], name: str) -> Figure:
    """One value over the epochs of several runs, each by its own name and in its own colour."""
    figure = Figure(figsize=(390 / DOTS, 245 / DOTS), dpi=DOTS, layout="constrained")
    figure.suptitle(name.replace(".", " "), x=0.012, ha="left", color=INK, fontsize=12, fontweight="bold")
    axes = figure.add_subplot()
    style(axes)
    lines: dict[str, np.ndarray] = {}
    colours: dict[str, str] = {}
    ends: dict[str, int] = {}
    epochs: list[int] = []
    for place, (run, history) in enumerate(histories.items()):
        values = _column(history, name)
        if not np.isfinite(values).any():
            continue
        own = [int(row["epoch"]) for row in history]
        epochs += own
        lines[run], colours[run], ends[run] = values, RUNS[place % len(RUNS)], own[-1]
        dashes = "-" if place < len(RUNS) else (0, (4, 2))
        marker = "o" if len(own) <= 30 else ""
        axes.plot(own, values, color=colours[run], linewidth=1.8, linestyle=dashes, marker=marker, markersize=3.5)
    _epoch_axis(axes, epochs)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if "accuracy" in name:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.margins(y=0.12)
    axes.set_ylim(axes.get_ylim())
    for last in sorted(set(ends.values())):
        together = {run: values for run, values in lines.items() if ends[run] == last}
        _label_ends(axes, together, colours, None if last == max(epochs) else last)
    return figure


def confusion_matrix(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Counts by true class (row) and predicted class (column), coloured by the count's share of its row."""
    size = len(counts)
    side = max(200, min(size * (44 if size <= 10 else 32), 480))
    figure = Figure(figsize=(side / DOTS, side / DOTS), dpi=DOTS)
    axes = figure.add_axes((0, 0, 1, 1))
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    # one colour, more or less opaque, stands on a light page and on a dark one; the root lets small shares, the
    # mistakes, be seen beside large ones
    opacity = np.sqrt(share)
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
        _write_counts(axes, counts, opacity)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def png(figure: Figure) -> bytes:
    """The figure on white, fine enough for print."""
    buffer = io.BytesIO()
    with _quiet():
        figure.savefig(buffer, format="png", dpi=2.5 * DOTS, facecolor="white", bbox_inches="tight", pad_inches=0.1)
    return buffer.getvalue()


def svg(figure: Figure, title: str) -> str:
    """The figure as an SVG element for an HTML page, without a background, in the page's font and colours.

    Colours are `var(--ink, #…)` and the like: the page's where it names them, those of the PNG elsewhere.
    """
    buffer = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": title, "path.simplify": True}
    metadata: Any = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context(settings), _quiet():
        figure.savefig(buffer, format="svg", transparent=True, bbox_inches="tight", pad_inches=0.04, metadata=metadata)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # the groups' names are the same in every figure, and nothing refers to them; comments repeat the texts
    text = re.sub(r'(?<=<g) id="[^"]*"|<!--.*?-->', "", text, flags=re.DOTALL)
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r' font-family: [^;"]*;', "", text)
    for colour, name in COLOURS.items():
        text = text.replace(f": {colour}", f": var({name}, {colour})")
    return text.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def _quiet() -> warnings.catch_warnings[None]:
    """A class's name may have letters that the PNG's font lacks: boxes in the picture, no words on the terminal."""
    return warnings.catch_warnings(action="ignore", category=UserWarning)


def _column(history: History, name: str) -> np.ndarray:
    """A value by epoch; what is missing or infinite is a gap in the line."""
    values = [row.get(name, math.nan) for row in history]
    return np.array([value if math.isfinite(value) else math.nan for value in values], dtype=float)


def style(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=10, labelcolor=MUTED, pad=5)


def _epoch_axis(axes: Axes, epochs: Sequence[int]) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    first, last = min(epochs), max(epochs)
    room = 0.5 if first == last else (last - first) * 0.03
    # no room for an epoch 0, which there is not
    axes.set_xlim(first - min(room, 0.5), last + room)
    axes.set_xlabel("epoch", color=MUTED, fontsize=10, loc="right", labelpad=2)


def _label_ends(axes: Axes, lines: Mapping[str, np.ndarray], colours: Mapping[str, str], at: int | None = None) -> None:
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
    return [middle + gap * (place - (size - 1) / 2) for middle, size in groups for place in range(size)]


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


def _write_counts(axes: Axes, counts: np.ndarray, opacity: np.ndarray) -> None:
    """The count in each cell; where it is 0 a dot, so that the mistakes stand out."""
    size = 10 if len(counts) <= 10 else 8
    for (row, column), number in np.ndenumerate(counts):
        colour = ON_CELL if opacity[row, column] > 0.8 else INK if number else MUTED
        text = count(int(number)) if number else "·"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
