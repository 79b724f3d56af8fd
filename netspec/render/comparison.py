"""Runs side by side, in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.program.comparison import Comparison, Line, Measured
from netspec.render.words import clean, count, duration, measure
from netspec.wording import counted

LAYERS = 20
"""So many layers that differ are listed; of networks that have little in common nothing is to be seen line by line."""


def render_comparison(found: Comparison) -> RenderableType:
    """Which runs these are, what was set otherwise, and what came of it."""
    runs = Table.grid(padding=(0, 2))
    for letter, run, label in zip(found.letters, found.runs, found.labels, strict=True):
        style, told = "" if run.finished else "yellow", clean(label) if label not in run.folder else ""
        runs.add_row(Text(letter, "bold"), Text(clean(run.folder)), Text(run.state, style), Text(told))
    parts: list[RenderableType] = [runs]
    parts += [Text(f"NOTE  {clean(note)}", "yellow") for note in found.notes]
    if found.params:
        parts += ["", _lines("params", found, found.params)]
    if found.settings or not found.params:
        parts += ["", _lines("settings", found, found.settings)]
    if 0 < len(found.layers) <= LAYERS:
        parts += ["", _lines("layers", found, found.layers)]
    elif found.layers:
        parts += ["", Text(f"{counted(len(found.layers), 'layer')} differ; `netspec diff` lists them", "dim")]
    return Group(*parts, "", _numbers(found))


def _lines(title: str, found: Comparison, lines: Sequence[Line]) -> RenderableType:
    if not lines:
        return Text(f"no {title} differ", "dim")
    table = _table(title, found.letters)
    for line in lines:
        table.add_row(Text(clean(line.path)), *(Text(clean(value) or "–") for value in line.values))
    return table


def _numbers(found: Comparison) -> RenderableType:
    table = _table("results", found.letters, justify="right")
    for row in found.measured:
        cells = [_cell(row, index) for index in range(len(row.values))]
        table.add_row(Text(clean(row.name)), *cells)
    return table


def _table(title: str, letters: Sequence[str], justify: Any = "left") -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column(title, no_wrap=True)
    for letter in letters:
        table.add_column(letter, justify=justify, overflow="fold")
    return table


def _cell(row: Measured, index: int) -> Text:
    text = shown(row.name, row.values[index])
    return Text(f"★ {text}", "bold green") if index in row.best else Text(text)


def shown(name: str, value: float | None) -> str:
    """A number of a run, as its name wants it."""
    match name, value:
        case _, None:
            return "–"
        case "seconds", _:
            return duration(value)
        case "parameters" | "best epoch", _:
            return count(int(value))
        case _:
            return measure(name, value)


def comparison_as_json(found: Comparison) -> dict[str, Any]:
    """The whole comparison for programs, with each run's values in the order of the runs."""
    return {
        "runs": [
            {
                "run": run.folder,
                "label": label,
                "spec": run.name,
                "finished": run.finished,
                "epochs": len(run.history),
                "planned": run.planned,
            }
            for run, label in zip(found.runs, found.labels, strict=True)
        ],
        "notes": list(found.notes),
        "params": {line.path: [value or None for value in line.values] for line in found.params},
        "settings": {line.path: [value or None for value in line.values] for line in found.settings},
        "layers": {line.path: [value or None for value in line.values] for line in found.layers},
        "results": {
            row.name: {
                "values": [value if value is not None and isfinite(value) else None for value in row.values],
                "best": sorted(row.best),
            }
            for row in found.measured
        },
    }
