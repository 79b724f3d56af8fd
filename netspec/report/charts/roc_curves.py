"""How well probabilities tell classes apart: ROC and precision over recall, each class against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from netspec.catalogue.metrics import Predictions
from netspec.catalogue.thresholds import average_precision, ranked, roc_auc, threshold_counts
from netspec.render.words import shorten
from netspec.report.charts.style import INK, MUTED, VALIDATION, figure_of, square

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NUMBERS = 5_000_000
"""So many probabilities are looked at: of more classes and samples, evenly chosen samples."""
COLOURED = ("#d55e00", "#009e73", "#b0609a")
"""The classes that are told apart worst; the others are thin lines without a name."""

Line = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class RocCurves:
    """A class against the rest: the areas under its two curves, and the curves, false positives and recall to the
    right, recall and precision upwards."""

    name: str
    auc: float
    average_precision: float
    roc: Line
    precision: Line


def roc_curve(predictions: Predictions, names: Sequence[str]) -> tuple[RocCurves, ...]:
    """Every class that has samples, and isn't all of them, the worst first; of two classes the second one."""
    every = max(1, -(-predictions.scores.size // NUMBERS))
    targets, scores = predictions.targets[::every], predictions.scores[::every]
    classes = [1] if len(names) == 2 else range(len(names))
    points = 120 if len(classes) <= 10 else 40
    found: list[RocCurves] = []
    for number in classes:
        positive = targets == number
        if positive.any() and not positive.all():
            found.append(_told(names[number], positive, ranked(scores, number), points))
    return tuple(sorted(found, key=lambda one: one.auc))


def roc(found: Sequence[RocCurves]) -> Figure:
    """True over false positives."""
    figure = figure_of("ROC", 390, 390)
    axes = figure.add_subplot()
    square(axes, "false positives, share of the rest", "true positives, share of the class")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)))
    lines = [(one.name, one.auc, one.roc) for one in found]
    _draw(axes, lines, "AUC")
    return figure


def precision_recall(found: Sequence[RocCurves]) -> Figure:
    """Precision over recall."""
    figure = figure_of("precision over recall", 390, 390)
    axes = figure.add_subplot()
    square(axes, "recall", "precision")
    lines = [(one.name, one.average_precision, one.precision) for one in found]
    _draw(axes, sorted(lines, key=lambda line: line[1]), "average precision")
    return figure


def _told(name: str, positive: np.ndarray, scores: np.ndarray, points: int) -> RocCurves:
    _, right, wrong = threshold_counts(positive, scores)
    recall, missed = right / right[-1], wrong / wrong[-1]
    precision = right / (right + wrong)
    return RocCurves(
        name,
        roc_auc(positive, scores),
        average_precision(positive, scores),
        _thinned(np.append(0, missed), np.append(0, recall), points),
        _thinned(np.append(0, recall), np.append(precision[0], precision), points),
    )


def _thinned(x: np.ndarray, y: np.ndarray, points: int) -> Line:
    """A line with so many points at most, evenly along it."""
    along = np.append(0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    chosen = np.searchsorted(along, np.linspace(0, along[-1], points))
    indices = np.unique(np.append(chosen, len(x) - 1))
    return x[indices], y[indices]


def _draw(axes: Axes, lines: Sequence[tuple[str, float, Line]], area: str) -> None:
    """The worst in colours and with their names, the mean strong, the others thin; one alone is simply drawn."""
    if len(lines) == 1:
        (_, value, (x, y)) = lines[0]
        axes.plot(x, y, color=VALIDATION, linewidth=1.8)
        _write(axes, [(f"{area} {value:.4f}", VALIDATION)], value)
        return
    for _, _, (x, y) in lines[len(COLOURED) :]:
        axes.plot(x, y, color=MUTED, linewidth=0.7, alpha=0.45)
    grid, mean = np.linspace(0, 1, 101), float(np.mean([value for _, value, _ in lines]))
    words = [(f"mean {mean:.4f}", INK)]
    for (name, value, (x, y)), colour in zip(lines, COLOURED, strict=False):
        axes.plot(x, y, color=colour, linewidth=1.3)
        words.append((f"{shorten(name, 18)} {value:.4f}", colour))
    middle = np.mean([np.interp(grid, x, y) for _, _, (x, y) in lines], axis=0)
    axes.plot(grid, middle, color=INK, linewidth=1.8)
    _write(axes, [*words, (area, MUTED)], mean)


def _write(axes: Axes, words: Sequence[tuple[str, str]], mean: float) -> None:
    """Lines of text, from the last one up, in the corner where the curves aren't: below what is good, else above."""
    falls = axes.get_xlabel() == "recall"
    right, low = not falls or mean < 0.5, 0.94 - 0.06 * (len(words) - 1) if falls and mean < 0.5 else 0.04
    for number, (text, colour) in enumerate(words):
        axes.text(
            0.97 if right else 0.03,
            low + 0.06 * number,
            text,
            ha="right" if right else "left",
            color=colour,
            fontsize=11,
            parse_math=False,
        )
