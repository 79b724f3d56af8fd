"""Studies of functions with a known optimum, in the place of trainings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log10
from pathlib import Path
from typing import Any

from netspec.catalogue.domain import Domain
from netspec.catalogue.entry import find
from netspec.catalogue.search_methods import SearchMethod
from netspec.catalogue.search_stops import SearchStop
from netspec.catalogue.sections.search import Goal
from netspec.searcher.history import History
from netspec.searcher.proposals import Plain, Proposals
from netspec.searcher.study import Study, Task
from netspec.searcher.terms import Terms
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work

Params = Mapping[str, Any]

X = Domain(low=-5, high=5, scale="uniform")
LR = Domain(low=1e-4, high=1e-1, scale="log")
WIDTH = Domain(low=1, high=9)
KIND = Domain(("relu", "tanh", "gelu"))
NUMBERS = {"x": X, "lr": LR}
MIXED = {"x": X, "lr": LR, "width": WIDTH, "kind": KIND}
FINITE = {"width": Domain(low=1, high=3), "kind": KIND}
COST = (Goal("cost", larger_is_better=False),)
TWO = (Goal("cost", larger_is_better=False), Goal("size", larger_is_better=False))


def method(name: str, **settings: Any) -> SearchMethod:
    entry = find(SearchMethod, name)
    assert entry is not None
    return entry(**settings)


def stop(name: str, **settings: Any) -> SearchStop:
    entry = find(SearchStop, name)
    assert entry is not None
    return entry(**settings)


def bowl(params: Params) -> float:
    """How far a setting is from the best one: 0 at x = 1, lr = 1e-2, width = 4 and tanh, of those that are there."""
    found = 0.0
    if "x" in params:
        found += (params["x"] - 1) ** 2
    if "lr" in params:
        found += (log10(params["lr"]) + 2) ** 2
    if "width" in params:
        found += abs(params["width"] - 4) / 4
    if "kind" in params:
        found += {"tanh": 0.0, "relu": 0.5, "gelu": 1.0}[params["kind"]]
    return found


def complete(task: Task) -> Outcome:
    """A run that is the bowl, with a course that goes down to it."""
    cost = bowl(task.trial.params)
    values = two(task.trial.params)[: len(task.terms.goals)]
    return Outcome.complete(values, {epoch: cost + 1 / epoch for epoch in range(1, task.terms.epochs + 1)})


def stoppable(task: Task) -> Outcome:
    """The same run, which asks after every epoch whether it is hopeless; the objective may be to maximize, too."""
    cost, course = bowl(task.trial.params), dict[int, float]()
    sign = -1 if task.terms.goals[0].larger_is_better else 1
    for epoch in range(1, task.terms.epochs + 1):
        course[epoch] = sign * (cost + 1 / epoch)
        if epoch < task.terms.epochs and task.is_hopeless(course):
            return Outcome.stopped(course)
    return Outcome.complete((course[task.terms.epochs],), course)


def terms(searched: SearchMethod, params: Mapping[str, Domain] = MIXED, **settings: Any) -> Terms:
    return Terms("0" * 64, params, settings.pop("goals", COST), searched, **settings)


def begun(folder: Path, found: Terms, total: int) -> Study:
    return Study.begin(folder, found, total, Plain(found.params))


def studied(folder: Path, found: Terms, total: int, run: Callable[[Task], Outcome] = complete) -> Study:
    """A study with all of its trials."""
    study = begun(folder, found, total)
    work(study, run, wait=never)
    return study


def simulated(found: Terms, total: int, run: Callable[[Params], tuple[float, ...]]) -> History:
    """The history of a study without a folder: `run` gives the values of the objectives."""
    history, proposals = History(found, total), Proposals(Plain(found.params))
    while len(history.trials) < total and (setting := proposals.next(history)) is not None:
        history.take(history.proposed(setting.drawn))
        open = history.open()
        if len(history.trials) % found.parallel == 0 or len(history.trials) == total:
            for trial in open:
                history.take(history.ended(trial.number, Outcome.complete(run(trial.params))))
    return history


def next_of(proposals: Proposals, history: History) -> Params:
    """The params of the next proposal."""
    setting = proposals.next(history)
    assert setting is not None
    return setting.values


def one(params: Params) -> tuple[float, ...]:
    return (bowl(params),)


def two(params: Params) -> tuple[float, ...]:
    """Two objectives that are at odds: the one is best at 0, the other where the first one is 1."""
    return bowl(params), abs(bowl(params) - 1)


def best(history: History) -> float:
    """The best value of one objective."""
    outcome = history.ranked()[0].outcome
    assert outcome is not None and outcome.values is not None
    return outcome.values[0]


def never() -> None:
    raise AssertionError("one process alone never waits")


def settings(history: History) -> list[Params]:
    return [trial.params for trial in history.trials]


TRIALS = 8


def searched() -> Terms:
    """A short study with all that a journal may have."""
    return terms(method("tpe", trials=TRIALS, startup_trials=3), stop=stop("median", startup_trials=2), epochs=3)
