"""What a range test found, in the terminal, as JSON and as a plot."""

from __future__ import annotations

import netspec.report.backend  # noqa: F401  # pyright: ignore[reportUnusedImport] - before matplotlib

# isort: split
from math import isfinite, log
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.catalogue.values import number_text
from netspec.program.written import written
from netspec.render.curve import COLUMNS, WIDTH, draw_over
from netspec.render.words import clean
from netspec.report.charts.style import DOTS, INK, MUTED, TRAIN, VALIDATION, style
from netspec.runner.uses.lr_finder import LrFinderResult
from netspec.wording import counted


def render_lr_finder(test: LrFinderResult) -> RenderableType:
    """The curve of the loss, what it suggests, and the line to write."""
    ended = ", where the training diverged" if test.diverged else ""
    title = f"loss over the learning rate, {counted(len(test.steps), 'step')}{ended}"
    parts: list[RenderableType] = [Text(title, "bold"), *(Text(line, no_wrap=True) for line in _curve(test)), ""]
    if test.optimizer is None:
        parts.append(Text("the loss doesn't fall clearly anywhere: nothing can be suggested", "yellow"))
        return Group(*parts)
    table = Table.grid(padding=(0, 2))
    for lr, what in (
        (test.steepest, "where the loss falls fastest"),
        (test.tenth, "a tenth of where the loss is lowest"),
        (test.program.train.optimizer.lr, "in the spec"),
    ):
        table.add_row(Text(f"lr={_short(lr or 0.0)}", "bold"), what)
    line = Text.assemble("train { ", (f"optimizer = {clean(written(test.optimizer))}", "bold cyan"), " }")
    return Group(*parts, table, "", line)


def _curve(test: LrFinderResult) -> list[str]:
    """The smoothed loss over the logarithm of the learning rate, with a mark below what is suggested."""
    lrs, losses = (np.array([getattr(one, name) for one in test.steps]) for name in ("lr", "smoothed"))
    places = np.linspace(log(lrs[0]), log(lrs[-1]), COLUMNS)
    shown: list[float] = np.interp(places, np.log(lrs), losses).clip(max=_ceiling(losses)).tolist()
    first, last = _short(lrs[0]), _short(lrs[-1])
    axis = list(f"{first}{last:>{WIDTH - len(first)}}")
    if test.suggested is not None:
        place = int(np.interp(log(test.suggested), places, np.arange(COLUMNS))) // 2
        mark = f"↑ {_short(test.suggested)}"
        start = min(max(place, len(first) + 1), WIDTH - len(last) - len(mark) - 1)
        if start == place:
            axis[start : start + len(mark)] = mark
    return draw_over([(loss, loss) for loss in shown], "".join(axis), min(shown))


def _ceiling(smoothed: np.ndarray) -> float:
    """The highest loss to show: one that shot up would leave no room for how it fell."""
    first, lowest = float(smoothed[0]), float(smoothed.min())
    return min(float(smoothed.max()), first + (first - lowest)) if first > lowest else float(smoothed.max())


def _short(lr: float) -> str:
    return number_text(float(f"{lr:.2g}"))


def plot(test: LrFinderResult) -> Figure:
    """The losses of the steps and the smoothed one over the learning rate, with what is suggested."""
    figure = Figure(figsize=(560 / DOTS, 320 / DOTS), dpi=DOTS, layout="constrained")
    figure.suptitle("loss over the learning rate", x=0.012, ha="left", color=INK, fontsize=12, fontweight="bold")
    axes = figure.add_subplot()
    style(axes)
    lrs = [one.lr for one in test.steps]
    smoothed = np.array([one.smoothed for one in test.steps])
    axes.plot(lrs, [one.loss for one in test.steps], ".", color=TRAIN, markersize=4, alpha=0.7)
    axes.plot(lrs, smoothed, color=VALIDATION, linewidth=1.8)
    axes.set_xscale("log")
    axes.tick_params(which="both", length=0)
    low, high = float(smoothed.min()), _ceiling(smoothed)
    room = 0.12 * ((high - low) or 1.0)
    axes.set_ylim(low - room, high + room)
    axes.set_xlabel("learning rate", color=MUTED, fontsize=10, loc="right", labelpad=2)
    for lr, name in ((test.steepest, "steepest"), (test.tenth, "minimum / 10")):
        if lr is None:
            continue
        axes.axvline(lr, color=MUTED, linewidth=0.9, linestyle=(0, (2, 3)), zorder=0.5)
        above = 4 if name == "steepest" else 18
        axes.annotate(
            f"{name}: {_short(lr)}",
            (lr, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, above),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=MUTED,
            fontsize=10,
        )
    return figure


def lr_finder_as_json(test: LrFinderResult) -> dict[str, Any]:
    """All of it for programs; a loss that overflowed is null."""
    return {
        "spec": test.program.source.name,
        "device": test.device,
        "steps": [
            {"lr": one.lr, "loss": one.loss if isfinite(one.loss) else None, "smoothed": one.smoothed}
            for one in test.steps
        ],
        "diverged": test.diverged,
        "steepest": test.steepest,
        "minimum_tenth": test.tenth,
        "suggested": test.suggested,
        "optimizer": None if test.optimizer is None else written(test.optimizer),
    }
