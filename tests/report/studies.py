"""Studies for tests of what is said and drawn of them, with functions in the place of trainings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import log10
from pathlib import Path
from typing import Any

import numpy as np

from netspec.catalogue.domain import Domain
from netspec.catalogue.sections.search import Goal
from netspec.checker import Analysis, Checked
from netspec.problems.base import NetspecError
from netspec.problems.studies import ObjectiveNotFinite
from netspec.program.search_plan import make_search_plan
from netspec.report.confirmed import Confirmed, Verdict
from netspec.report.study_facts import StudyFacts
from netspec.runner.uses.run_summary import Spread
from netspec.searcher.history import History
from netspec.searcher.terms import Terms
from netspec.searcher.trials import Outcome
from netspec.source import Source

SPEC = """\
param kind  = "plain" in [{kinds}]
param width = 8    in 4..64
param lr    = 1e-2 in log(1e-4, 1e-1)
data {{ source = iris(), validation = 20% }}
model {{
  if kind == "plain" {{ linear(8) -> relu }} else {{ linear(width) -> relu }}
  linear(3)
}}
train {{ epochs = 6, optimizer = adam(lr=lr) }}
search {{ method = random(trials={trials}), {search} }}
"""
ONE = "maximize = validation.accuracy, stop = median(after=2 epochs)"
TWO = "maximize = validation.accuracy, minimize = parameters"
WHEN = datetime(2026, 11, 30, 12, 0)


def accuracy(params: Mapping[str, Any]) -> float:
    """Best at lr = 1e-2, and a little better with a wide network."""
    return 0.95 - 0.08 * (log10(params["lr"]) + 2) ** 2 + params.get("width", 0) / 1000


def study(
    trials: int = 30, search: str = ONE, kinds: tuple[str, ...] = ("plain", "wide"), total: int | None = None
) -> StudyFacts:
    """A study in which every seventh trial failed, the third one repeats the second, and of the others every fourth one
    was stopped if there is a `stop`."""
    quoted = ", ".join(f'"{kind}"' for kind in kinds)
    text = SPEC.format(trials=max(trials, total or 0), search=search, kinds=quoted)
    analysis = Analysis(Source("toy.net", text, Path("toy.net")))
    program, settings = Checked(analysis).require(), analysis.settings
    assert program.search is not None and settings is not None
    section = program.search
    params = {one.name: one.domain for one in settings.space}
    terms = Terms("0" * 64, params, section.goals, section.method, section.stop, 6)
    history, chance = History(terms, total or trials), np.random.default_rng(0)
    for number in range(1, trials + 1):
        setting = drawn(params, chance) if number != 3 else history.trials[1].params
        history.take(history.proposed(setting))
        if history.trials[-1].same_as is None:
            history.take(history.ended(number, outcome(number, setting, section.goals, stops=section.stop is not None)))
    plan = make_search_plan(program, section, settings.space)
    return StudyFacts(program, plan, history, None, {}, {}, WHEN)


def drawn(params: Mapping[str, Domain], chance: np.random.Generator) -> dict[str, Any]:
    kind = params["kind"].choices[int(chance.integers(len(params["kind"].choices)))]
    width = {} if kind == "plain" else {"width": int(chance.integers(4, 65))}
    return {"kind": kind, **width, "lr": float(10 ** chance.uniform(-4, -1))}


def outcome(number: int, params: Mapping[str, Any], goals: tuple[Goal, ...], *, stops: bool) -> Outcome:
    if number % 7 == 0:
        return Outcome.failed(NetspecError.of(ObjectiveNotFinite(None, goals[0].name)))
    course = {epoch: accuracy(params) - 0.3 / epoch for epoch in range(1, 7)}
    if stops and number % 4 == 0:
        return Outcome.stopped({epoch: course[epoch] - 0.2 for epoch in range(1, 4)})
    values = (course[6], 100.0 * params.get("width", 8))[: len(goals)]
    return Outcome.complete(values, course if len(goals) == 1 else {})


def verdict(facts: StudyFacts, ahead: float = 0.02) -> Verdict:
    """The two best trials with three seeds each, the one ahead of the other by so much."""
    first, second = facts.history.ranked()[:2]
    values = (0.95, 0.955, 0.96), (0.95 - ahead, 0.956 - ahead, 0.959 - ahead)
    trials = tuple(Confirmed(trial, own, Spread.of(own)) for trial, own in zip((first, second), values, strict=True))
    differences = Spread.of([one - other for one, other in zip(*values, strict=True)])
    return Verdict(trials, differences, {"accuracy": Spread.of([0.9, 0.92, 0.91])})
