"""The page of several runs: what they came to together, each figure over all of them, and the way to their pages."""

from __future__ import annotations

from datetime import datetime
from math import isfinite, nan
from pathlib import Path

from netspec.files import file_problems, write_atomically
from netspec.render import words
from netspec.report.html import template
from netspec.runner.uses.run_summary import Summary
from netspec.saved.formats import REPORT

DRAWN = 8
"""So many figures are drawn at most."""


def write_summary(summary: Summary, folder: Path, when: datetime) -> Path:
    """Write the page into the folder of all runs; returns its path. `when` is the end of the last run."""
    path = folder / REPORT
    with file_problems(folder):
        write_atomically(path, summary_page(summary, when).encode())
    return path


def summary_page(summary: Summary, when: datetime) -> str:
    """The page as HTML."""
    from markupsafe import Markup

    from netspec.report.charts.spread import spread_of
    from netspec.report.charts.style import svg

    drawn = list(summary.spreads)[:DRAWN]
    known = {name: [run.values.get(name, nan) for run in summary.parts] for name in drawn}
    values = {name: [value for value in found if isfinite(value)] for name, found in known.items()}
    figures = {name: spread_of(name, values[name], summary.spreads[name]) for name in drawn if len(values[name]) > 1}
    return template("several.html.j2").render(
        summary=summary,
        program=summary.program,
        when=when,
        headline=_headline(summary),
        assertions=summary.assertions,
        # made by matplotlib, which escapes the texts in them
        plots=[Markup(svg(figure, name)) for name, figure in figures.items()],
    )


def _headline(summary: Summary) -> tuple[str, str] | None:
    """The one number that a reader looks for, with its name: the accuracy or else the first metric, of the test split
    if there is one."""
    split = "test." if any(name.startswith("test.") for name in summary.spreads) else "validation."
    names = [name for name in summary.spreads if name.startswith(split)]
    chosen = next((name for name in names if name == f"{split}accuracy"), names[1] if len(names) > 1 else None)
    if chosen is None:
        return None
    spread = summary.spreads[chosen]
    deviation = f" ± {words.measure(chosen, spread.std)}" if spread.std is not None else ""
    return chosen.replace(".", " "), f"{words.measure(chosen, spread.mean)}{deviation}"
