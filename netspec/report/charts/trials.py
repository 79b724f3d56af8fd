"""The trials of a study: over time, against each param, against each other, and epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from netspec.catalogue.domain import Domain
from netspec.catalogue.values import number_text
from netspec.render.words import shorten
from netspec.report.charts.curves import epoch_axis
from netspec.report.charts.objectives import aim, begun, legend, limit, look, ticks
from netspec.report.charts.style import INK, LINE, MUTED, TRAIN, VALIDATION, name_axes
from netspec.searcher.history import History
from netspec.searcher.lines import param_words
from netspec.searcher.trials import Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS, CURVES = 300, 100
"""So many trials are drawn at most in a chart, and so many curves: the best ones and some of the others."""
NAMED, LONGEST = 8, 11
"""More categories than these have no names, and names aren't longer."""
FEW = 12
"""Of no more values than these the trials are beside each other."""
APART = 0.6180339887
"""Multiples of it fall evenly between whole numbers."""


def drawn(history: History, most: int = POINTS) -> list[Trial]:
    """The trials that charts have: all, or the best ones and some of the others, evenly chosen; in their order."""
    trials = [trial for trial in history.trials if trial.outcome is not None]
    if len(trials) <= most:
        return trials
    numbers = {trial.number for trial in history.ranked()[: most // 3]}
    others = [trial.number for trial in trials if trial.number not in numbers]
    left = most - len(numbers)
    numbers |= {others[index * len(others) // left] for index in range(left)}
    return [trial for trial in trials if trial.number in numbers]


def history_chart(history: History, trials: Sequence[Trial], objective: int = 0) -> Figure:
    """An objective by trial, and the best one so far as steps; trials that were stopped or failed look otherwise."""
    goal = history.terms.goals[objective]
    figure, axes = begun(goal, f"{goal.name}, trial by trial", height=270)
    everyone = [(trial.number, value) for trial in history.trials if (value := trial.value(objective)) is not None]
    if everyone:
        steps = list(accumulate((value for _, value in everyone), max if goal.larger_is_better else min))
        numbers = [number for number, _ in everyone]
        axes.step(
            [*numbers, len(history.trials)],
            [*steps, steps[-1]],
            where="post",
            color=TRAIN,
            linewidth=1.6,
            label="best so far",
        )
    limit(axes, [value for trial in history.trials if (value := trial.last(objective)) is not None])
    _scatter(axes, [(float(trial.number), trial) for trial in trials], objective)
    failed = [trial.number for trial in trials if trial.outcome and trial.outcome.failure]
    if failed:
        axes.plot(failed, [0.03] * len(failed), transform=axes.get_xaxis_transform(), label="failed", **look("failed"))
    axes.set_xlim(0.3, max(len(history.trials), 2) + 0.7)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    axes.set_xlabel("trial", color=MUTED, fontsize=10, loc="right", labelpad=2)
    legend(figure, axes)
    return figure


def slice_chart(history: History, trials: Sequence[Trial], name: str, best: Trial | None, objective: int = 0) -> Figure:
    """An objective against a param, of the trials that have it: with a log axis where the domain is one, and the
    categories side by side."""
    goal, domain = history.terms.goals[objective], history.terms.params[name]
    figure, axes = begun(goal, shorten(name, 30))
    own = [trial for trial in trials if name in trial.params]
    limit(axes, [value for trial in history.trials if (value := trial.last(objective)) is not None])
    _scatter(axes, [(_place(domain, trial, name), trial) for trial in own], objective)
    if best is not None and name in best.params and (value := best.value(objective)) is not None:
        ring: Any = {"linestyle": "", "marker": "o", "markersize": 10, "markerfacecolor": "none"}
        axes.plot([_place(domain, best, name)], [value], markeredgecolor=INK, label=f"best: {best.number}", **ring)
    _param_axis(axes, domain)
    return figure


def front_chart(history: History, trials: Sequence[Trial], across: int, up: int) -> Figure:
    """Two objectives against each other, with the trials that no other one beats; as steps if there are only two."""
    goals = history.terms.goals
    figure, axes = begun(goals[up], "trade-off", width=480, height=360)
    front = history.front()
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    axes.xaxis.set_major_formatter(ticks(goals[across]))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if len(goals) == 2 and front:
        ends = sorted((_value(trial, across), _value(trial, up)) for trial in front)
        # a step goes over what both ends of it beat
        where: Any = "post" if goals[across].larger_is_better is False else "pre"
        axes.step(*zip(*ends, strict=True), where=where, color=TRAIN, linewidth=1.6)
    on = {trial.number for trial in front}
    for label, found in (("others", [t for t in trials if t.number not in on]), ("front", front)):
        complete = [trial for trial in found if trial.value(across) is not None]
        points: Any = look("complete" if label == "front" else "stopped")
        axes.plot([_value(t, across) for t in complete], [_value(t, up) for t in complete], label=label, **points)
    name_axes(axes, aim(goals[across]), aim(goals[up]))
    axes.margins(0.08)
    legend(figure, axes)
    return figure


def courses_chart(history: History) -> tuple[Figure, int] | None:
    """The objective epoch by epoch, of trials that were stopped lighter, and how many have a curve; None if nothing is
    known of epochs."""
    having = [trial for trial in drawn(history, CURVES) if trial.outcome and len(trial.outcome.course) > 0]
    if not having or max(len(trial.outcome.course) for trial in having if trial.outcome) < 2:
        return None
    goal, best = history.terms.goals[0], next(iter(history.ranked()), None)
    figure, axes = begun(goal, f"{goal.name}, epoch by epoch", height=270)
    values = [value for trial in having if trial.outcome for value in trial.outcome.course.values()]
    limit(axes, values)
    for state, colour, alpha, width in (("stopped", MUTED, 0.4, 0.9), ("complete", VALIDATION, 0.45, 1.0)):
        found = [t.outcome.course for t in having if t.outcome and t.outcome.state == state and t != best]
        # one line for all, with gaps between them
        across = [epoch for course in found for epoch in (*course, np.nan)]
        up = [value for course in found for value in (*course.values(), np.nan)]
        axes.plot(across, up, color=colour, alpha=alpha, linewidth=width, label=state if found else "")
        if state == "stopped":
            ends = [(max(course), course[max(course)]) for course in found]
            axes.plot(*_columns(ends), linestyle="", marker="o", markersize=2.5, color=colour, alpha=0.7)
    if best is not None and best.outcome is not None and best.outcome.course:
        course = best.outcome.course
        axes.plot(list(course), list(course.values()), color=TRAIN, linewidth=2, label=f"best: {best.number}")
    epoch_axis(axes, [epoch for trial in having if trial.outcome for epoch in trial.outcome.course])
    legend(figure, axes)
    return figure, len(having)


def _scatter(axes: Axes, places: Sequence[tuple[float, Trial]], objective: int) -> None:
    """Points for trials; an arrow at the edge for what is beyond it."""
    low, high = axes.get_ylim()
    for state in ("stopped", "complete"):
        own = [(x, trial.last(objective)) for x, trial in places if trial.outcome and trial.outcome.state == state]
        found = [(x, y) for x, y in own if y is not None]
        if not found:
            continue
        inside = [(x, y) for x, y in found if low <= y <= high]
        axes.plot(*_columns(inside), label=state, **look(state))
        for marker, edge, outside in (
            ("^", high, [x for x, y in found if y > high]),
            ("v", low, [x for x, y in found if y < low]),
        ):
            if outside:
                arrow: Any = {**look(state), "marker": marker}
                axes.plot(outside, [edge] * len(outside), clip_on=False, **arrow)


def _columns(points: Sequence[tuple[float, float]]) -> Iterator[list[float]]:
    yield [x for x, _ in points]
    yield [y for _, y in points]


def _place(domain: Domain, trial: Trial, name: str) -> float:
    """Where a trial stands across; of a few values beside others with the same one, always at the same place."""
    value = trial.params[name]
    number = float(domain.index(value) if domain.choices else value)
    if domain.size is None or domain.size > FEW:
        return number
    return number + (trial.number * APART % 1 - 0.5) * 0.4


def _value(trial: Trial, objective: int) -> float:
    value = trial.value(objective)
    assert value is not None, "it went to its end"
    return value


def _param_axis(axes: Axes, domain: Domain) -> None:
    if domain.choices:
        count = len(domain.choices)
        axes.set_xlim(-0.6, count - 0.4)
        names = [shorten(param_words(choice), LONGEST) for choice in domain.choices] if count <= NAMED else None
        axes.xaxis.set_major_locator(FixedLocator(range(count) if names else []))
        if names:
            crowded = sum(map(len, names)) > 36
            axes.set_xticks(range(count), names, rotation=25 if crowded else 0, ha="right" if crowded else "center")
        else:
            axes.set_xlabel(f"{count} values", color=MUTED, fontsize=10)
        return
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    if domain.scale == "log":
        axes.set_xscale("log")
        axes.set_xlim(domain.low / 1.15, domain.high * 1.15)
        axes.xaxis.set_major_locator(LogLocator(numticks=6))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(axis="x", which="minor", length=0)
    else:
        room = 0.5 if domain.size is not None and domain.size <= FEW else 0.04 * (domain.high - domain.low)
        axes.set_xlim(domain.low - room, domain.high + room)
        whole = domain.scale == "whole"
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=whole, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number_text(float(f"{value:.3g}"))))
