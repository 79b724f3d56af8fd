"""Checks of a search's space: each param changes the training, and trials are measured alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netspec.catalogue.sections.search import Search
from netspec.checker.context import Context
from netspec.checker.deciding import deciding_params
from netspec.checker.space import Setting, Settings
from netspec.diagnostics import Label
from netspec.problems import Problem
from netspec.problems.search import IdleParam, Incomparable, RareParam
from netspec.problems.values import Conflict
from netspec.program.program import Program
from netspec.program.searched import Searched
from netspec.program.space import space_of

MOST_SETTINGS = 10_000
"""How many settings a grid may have."""


def check_settings(context: Context) -> None:
    """Compile some settings of the space. A saved study was checked when it began."""
    search = context.search
    assert search is not None, "the pass needs it"
    space = space_of(context.program, search)
    trees = (context.tree, *context.files.trees.values())
    settings = Settings(space, context.compile, deciding_params(trees, context.declared))
    if context.given is None:
        for param in space:
            context.problems.extend(_wrong_param(param, settings, context, search))
        if not context.problems.fatal:
            context.problems.extend(_wrong_size(settings, context, search))
    if not context.problems.fatal:
        context.settings = settings
        known = settings.known() if context.given is None else space
        context.program = replace(context.program, space=known)


def _wrong_param(param: Searched, settings: Settings, context: Context, search: Search) -> Iterator[Problem]:
    scope, explored = context.declared.scope, settings.explored
    span = scope.places.get(param.name) or scope.spans.get(param.name)
    searched = context.spans.get("search.params")
    looked_at = list(settings.explored.settings)
    if not any(param.name in setting.reads for setting in looked_at):
        if param.name not in scope.used:
            yield IdleParam(span, param.name, "nothing uses it", searched)
        elif not settings.deciding:
            yield IdleParam(span, param.name, "nothing that is trained depends on it", searched)
        elif explored.complete:
            yield IdleParam(span, param.name, "no setting takes the branch that uses it", searched)
        else:
            yield RareParam(span, param.name, len(looked_at))
        return
    differs = False
    for setting, other in settings.changed(param):
        if not _same(setting, other):
            if (what := _measured_differently(setting, other, search)) is not None:
                labels = (Label(searched, "searched here"),) if searched is not None else ()
                yield Incomparable(span, param.name, *what, labels)
            # what doesn't go together says nothing of what is measured
            if setting.program is not None and other.program is not None:
                return
            differs = True
    if differs:
        return
    what = "both of its values give" if param.domain.size == 2 else "all values that were tried give"
    yield IdleParam(span, param.name, f"{what} the same network and training", searched)


def _same(one: Setting, other: Setting) -> bool:
    """Whether two settings are the same training, and leave the same choice of other params."""
    if one.program is None or other.program is None:
        return False
    return one.reads == other.reads and one.program.hash == other.program.hash


def _measured_differently(one: Setting, other: Setting, search: Search) -> tuple[str, str] | None:
    """What of the evaluation differs, and what helps; None if the two are measured alike."""
    if one.program is None or other.program is None:
        return None
    first, second = one.program, other.program
    if any(goal.name == "validation.loss" for goal in search.goals) and first.loss.judging != second.loss.judging:
        return "the loss that `validation.loss` measures", "use a metric: maximize = validation.accuracy"
    if first.evaluate != second.evaluate:
        return "how a network is evaluated", "write values in `evaluate`"
    if _split(first) != _split(second):
        seeded = _seed(first) != _seed(second)
        help = "set `split_seed` in `data`; `seeds` in `train` and `confirm` average over seeds"
        return "which samples a network is evaluated on", help if seeded else "write values for the splits in `data`"
    return None


def _seed(program: Program) -> int:
    return program.train.seed if program.data.split_seed is None else program.data.split_seed


def _split(program: Program) -> tuple[object, ...]:
    """What decides which samples are in the validation split."""
    data = program.data
    seed = _seed(program) if data.validation is not None or data.sample is not None else None
    return data.validation, data.test, data.sample, seed


def _wrong_size(settings: Settings, context: Context, search: Search) -> Iterator[Problem]:
    """That there are too many settings to try all of them, or fewer than there are trials."""
    size = settings.size
    if size is None:
        return
    method, span = search.method, context.spans.get("search.method")
    trials = method.planned(size) or 0
    if trials > MOST_SETTINGS and method.planned(None) is None:
        message = f"`{method.name()}` would try {size:_} settings, at most {MOST_SETTINGS:_} are reasonable"
        yield Conflict(span, message, help="use `random` or `tpe`, which try a number of them")
    elif trials > size:
        span = context.spans.get("search.method.trials", span)
        message = f"`{method.name()}` has {trials:_} trials, but there are {size:_} settings"
        yield Conflict(span, message, help=f"use `grid`, which tries each once, or at most {size:_} trials")
