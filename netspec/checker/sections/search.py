"""The section `search`: its objectives, its params, and what goes with how many trials of which length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from netspec.catalogue.sections.search import COSTS, Goal, Search
from netspec.checker.context import GOOD, Context, Pass
from netspec.checker.names.scope import in_domain, in_section
from netspec.diagnostics import Label, did_you_mean
from netspec.problems.names import UndefinedName, rename
from netspec.problems.values import Conflict
from netspec.source import Span
from netspec.wording import counted

if TYPE_CHECKING:
    from netspec.catalogue.domain import Domain

VALIDATION = "validation."


def place(context: Context, *paths: str) -> Span | None:
    """Where the first of some settings is written, else the section."""
    spans = (context.spans.get(path) for path in paths)
    found = next((span for span in spans if span is not None), None)
    return found or context.declared.sections[Search.name()][-1].head.span


def labels_at(span: Span | None, text: str) -> tuple[Label, ...]:
    return (Label(span, text),) if span is not None else ()


def search_of(context: Context) -> Search:
    assert context.search is not None, "the passes need it"
    return context.search


# ---- objectives ----


def _check_goals(context: Context) -> None:
    search = search_of(context)
    bodies = [part.body.span for part in context.declared.sections[Search.name()]]
    mistaken = any(body.contains(problem.span) for problem in context.problems for body in bodies if problem.span)
    if not search.goals and not mistaken:
        # a key that couldn't be read may be the objective
        message = "`search` needs an objective: `maximize`, `minimize` or both"
        context.problems.add(Conflict(place(context), message, help=f"maximize = {VALIDATION}accuracy"))
    for key, larger in (("maximize", True), ("minimize", False)):
        goals = [goal for goal in search.goals if goal.larger_is_better is larger]
        for index, goal in enumerate(goals):
            many = isinstance(getattr(search, key), tuple)
            span = place(context, f"search.{key}[{index}]" if many else f"search.{key}", f"search.{key}")
            problem = _wrong_goal(goal, key, span, context)
            if problem is not None:
                context.problems.add(problem)


def _wrong_goal(goal: Goal, key: str, span: Span | None, context: Context) -> Conflict | None:
    """What is wrong with an objective; None if it is computed, and better the way that is written."""
    if goal.name in COSTS:
        return _wrong_way(goal, key, span, larger=False)
    from netspec.catalogue.entry import find
    from netspec.catalogue.metrics import Metric, called

    split, _, metric = goal.name.partition(".")
    entries = context.evaluate.metrics_for(context.type.target)
    known = (f"{VALIDATION}loss", *(f"{VALIDATION}{entry.key()}" for entry in entries))
    if split == "test":
        message = f"`{goal.name}` can't be searched for: the test split is for the best trial alone"
        return Conflict(span, message, help=f"{key} = {VALIDATION}{metric}")
    if split == "train":
        message = f"`{goal.name}` is measured on what a network was trained on, which overfitting makes best"
        return Conflict(span, message, help=f"{key} = {VALIDATION}{metric}")
    if goal.name not in known:
        return _unmeasured(goal, key, span, known, find(Metric, metric), context)
    if context.data.validation is None and not context.type.validation:
        message = f"`{goal.name}` needs validation samples, but `data` has no validation split"
        return Conflict(span, message, help="data { validation = 10% }")
    measured = called(metric)
    return _wrong_way(goal, key, span, larger=measured is not None and measured.larger_is_better)


def _wrong_way(goal: Goal, key: str, span: Span | None, *, larger: bool) -> Conflict | None:
    if goal.larger_is_better is larger:
        return None
    other = "maximize" if larger else "minimize"
    message = f"`{goal.name}` is better the {'larger' if larger else 'smaller'} it is"
    return Conflict(span, message, help=f"{other} = {goal.name}")


def _unmeasured(
    goal: Goal, key: str, span: Span | None, known: tuple[str, ...], entry: type | None, context: Context
) -> Conflict:
    message = f"`{goal.name}` isn't computed"
    short = f"{VALIDATION}{goal.name}"
    if short in known:
        return Conflict(span, message, help=f"{key} = {short}")
    if entry is not None and context.type.target.is_a(entry.of):
        metric = goal.name.partition(".")[2]
        return Conflict(span, message, help=f"add `{metric}` to `metrics` in `evaluate`")
    nearest = did_you_mean(goal.name, (*known, *COSTS))
    if nearest and span is not None and span.text == goal.name:
        return Conflict(span, message, **rename(span, nearest))
    return Conflict(span, message, help=f"computed: {', '.join(known)}; also {', '.join(COSTS)}")


# ---- params ----


def searched_names(search: Search, domains: dict[str, Domain]) -> list[str]:
    """The params that are searched, in the order in which they are declared."""
    return [name for name in domains if search.named is None or name in search.named]


def _check_params(context: Context) -> None:
    search, declared = search_of(context), context.declared
    known = tuple(declared.scope.spans)
    for index, name in enumerate(search.named or ()):
        span = place(context, f"search.params[{index}]", "search.params")
        if name not in known:
            nearest = did_you_mean(name, tuple(declared.domains) or known)
            context.problems.add(UndefinedName(span, name, nearest and f'"{nearest}"', known))
        elif name not in declared.domains:
            value = declared.scope.places.get(name) or declared.scope.spans[name]
            help = f"param {name} = … in log(1e-4, 1e-1), `uniform(low, high)`, a range `1..6` or a list"
            message = f"`{name}` has no domain, so there is nothing to choose from"
            context.problems.add(Conflict(span, message, labels=labels_at(value, "declared here"), help=help))
    if search.named is None and not declared.domains:
        message = "`search` has nothing to search: no param has a domain"
        context.problems.add(Conflict(place(context), message, help="param width = 64 in [32, 64, 128]"))
    for name in searched_names(search, declared.domains):
        _check_domain(name, declared.domains[name], context)


def _check_domain(name: str, domain: Domain, context: Context) -> None:
    from netspec.problems.search import IdleParam

    scope, searched = context.declared.scope, searched_names(search_of(context), context.declared.domains)
    span = scope.places.get(name) or scope.spans.get(name)
    if domain.size == 1:
        context.problems.add(IdleParam(span, name, "its domain has one value alone", place(context, "search.params")))
    elif domain.size == 0:
        context.problems.add(Conflict(span, f"no whole number is in the domain of `{name}`"))
    for reader, what in ((in_domain(name), f"the domain of `{name}`"), (in_section(Search.name()), "`search`")):
        other = next((other for other in searched if other in scope.read_by(reader)), None)
        # what a domain depends on is said of each domain, what `search` depends on once
        if other is not None and (what != "`search`" or name == other):
            message = f"{what} depends on `{other}`, which is searched itself"
            context.problems.add(Conflict(span, message, help="write a number there, or a param without a domain"))


# ---- the method, and what goes with how many trials ----


def _check_method(context: Context) -> None:
    search, domains = search_of(context), context.declared.domains
    method, span = search.method, place(context, "search.method")
    name, names = method.name(), searched_names(search, context.declared.domains)
    for param in names:
        label = labels_at(context.declared.scope.places.get(param), f"`{param}`")
        if not method.continuous and domains[param].size is None:
            message = f"`{name}` tries every value, but `{param}` has any number between two"
            help = f"list values for `{param}`: in [1e-4, 1e-3, 1e-2]; or use `random` or `tpe`"
            context.problems.add(Conflict(span, message, labels=label, help=help))
        elif not method.categories and domains[param].choices:
            message = f"`{name}` is for numbers between two others, but `{param}` has a list of values"
            help = f"give `{param}` a range, `uniform` or `log`; or use `tpe`"
            context.problems.add(Conflict(span, message, labels=label, help=help))
    if len(search.goals) > 1 and not method.several_objectives:
        message = f"`{name}` has one objective, but here are {len(search.goals)}"
        context.problems.add(Conflict(span, message, help="use `nsga2` or `tpe`"))
    if 0 < len(names) < method.least_params:
        message = f"`{name}` needs {method.least_params} params, but {counted(len(names), 'param')} is searched"
        context.problems.add(Conflict(span, message, help="use `tpe` or `gp`"))


def _check_lengths(context: Context) -> None:
    search, epochs = search_of(context), context.train.epochs
    if search.stop is not None and search.stop.first_epoch() >= epochs:
        after = search.stop.first_epoch()
        message = f"`{search.stop.name()}` stops no trial before epoch {after}, but a training has {epochs}"
        labels = labels_at(context.spans.get("train.epochs"), "the length of a training")
        span = place(context, "search.stop.after", "search.stop")
        context.problems.add(Conflict(span, message, labels=labels, help=f"use an `after` below {epochs} epochs"))
    # with several objectives neither is allowed, and without one that has been said
    goal = search.goals[0] if search.goals else None
    if search.stop is not None and goal is not None and goal.name in COSTS:
        message = f"`{goal.name}` is the same in every epoch, so `{search.stop.name()}` has nothing to go by"
        context.problems.add(Conflict(place(context, "search.stop"), message, help="leave out `stop`"))
    if search.confirm is not None and goal is not None and goal.name in COSTS[:2]:
        message = f"`{goal.name}` doesn't depend on the seed, so there is nothing to confirm"
        context.problems.add(Conflict(place(context, "search.confirm"), message, help="leave out `confirm`"))
    trials = search.method.planned(None)
    if trials is not None:
        for path, number, what in _at_most_trials(search):
            if number > trials:
                message = f"`{what}` of {counted(trials, 'trial')} is more than there are"
                context.problems.add(Conflict(place(context, path), message, help=f"at most {trials}"))


def _at_most_trials(search: Search) -> Iterator[tuple[str, int, str]]:
    """Numbers of trials that are part of all trials, with their paths and how they are written."""
    yield "search.parallel", search.parallel, f"parallel = {search.parallel}"
    if search.confirm is not None:
        count = search.confirm.trials
        yield "search.confirm", count, f"{search.confirm.name()}({count})"


def _check_assertions(context: Context) -> None:
    search = search_of(context)
    if search.confirm is not None:
        return
    written = {item.condition.span.text: item.condition.span for item in context.declared.assertions}
    for assertion in context.assertions:
        name = next((name for name in assertion.names if name.startswith("test.")), None)
        if name is not None:
            message = f"`{name}` is never measured: trials don't look at the test split, and none is confirmed"
            help = "search { confirm = top(1) } measures it for the best"
            context.problems.add(Conflict(written.get(assertion.text), message, help=help))


# ---- the settings ----


def _check_settings(context: Context) -> None:
    from netspec.checker.space_checks import check_settings

    check_settings(context)


CHECKS = (
    Pass(
        "objectives",
        _check_goals,
        needs=(
            *("search", "evaluate", "data", "described"),
            *("search.maximize", "search.minimize", "evaluate.metrics", "data.validation"),
        ),
    ),
    Pass("params", _check_params, needs=("search", "search.params")),
    Pass("method", _check_method, needs=("search", "search.method", "search.params", "search.maximize")),
    Pass("lengths", _check_lengths, needs=("search", "train", "train.epochs", "search.stop", "search.method")),
)
PROGRAM_CHECKS = (
    Pass("study", _check_assertions, needs=("search", "program", "search.confirm")),
    Pass("settings", _check_settings, needs=("search", "program", "compile", GOOD)),
)
