"""Runs side by side on one page that needs nothing but itself: what differs, and the curves over each other."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, nan

from netspec.program.comparison import Comparison
from netspec.render.comparison import shown
from netspec.render.words import shorten
from netspec.report.charts.overlaid import overlaid
from netspec.report.charts.style import RUNS, svg
from netspec.report.html import template

LONGEST = 24
"""The largest number of characters in the name of a run's curve."""
FIRST = ("validation.loss", "validation.accuracy", "train.loss", "train.accuracy")
"""The curves that are looked at first."""


def page(found: Comparison) -> str:
    """The page as HTML."""
    from markupsafe import Markup

    named = zip(found.letters, found.labels, strict=True)
    names = [shorten(f"{letter} {label}", LONGEST) for letter, label in named]
    histories = {name: run.history for name, run in zip(names, found.runs, strict=True)}
    figures = {name: overlaid(histories, name) for name in _curves(found)}
    return template("compare.html.j2").render(
        found=found,
        runs=list(zip(found.letters, found.runs, strict=True)),
        labels=found.labels,
        colours=[number % len(RUNS) + 1 for number in range(len(found.runs))],
        shown=shown,
        # made by matplotlib, which escapes the texts in them
        plots=[Markup(svg(figure, name)) for name, figure in figures.items()],
    )


def _curves(found: Comparison) -> Iterator[str]:
    """The values that some run has over its epochs."""
    known = dict.fromkeys(name for run in found.runs for row in run.history for name in row)
    for name in dict.fromkeys((*FIRST, *known)):
        values = (row.get(name, nan) for run in found.runs for row in run.history)
        if name.partition(".")[2] not in ("", "seconds") and any(map(isfinite, values)):
            yield name
