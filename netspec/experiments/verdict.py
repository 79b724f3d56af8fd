"""What the runs that confirm the best trials of a study say, read from its folder; nothing is trained or evaluated."""

from __future__ import annotations

from itertools import chain
from math import isfinite, nan
from pathlib import Path
from statistics import fmean
from typing import Any

from netspec.catalogue.sections.search import Goal
from netspec.experiments.study_folder import CONFIRM, Declared
from netspec.formats.confined import read_json
from netspec.formats.strict_json import as_number
from netspec.problems.base import NetspecError
from netspec.program.assertion import AssertionResult, evaluate_all
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.space import as_overrides, confirming_program
from netspec.report.confirmed import Confirmed, Verdict
from netspec.runner.uses.run_summary import PartResult, Spread, folds_of, metric_span
from netspec.searcher.history import History
from netspec.searcher.trials import Trial

RESULT = "confirmed.json"
"""The file of a study with what the test split said of the best."""


def chosen(declared: Declared, history: History) -> list[Trial]:
    """The trials to confirm, by the trials that there are; none if the spec confirms none."""
    confirm = declared.search.confirm
    return [] if confirm is None else history.ranked()[: confirm.trials]


def verdict_of(folder: Path, declared: Declared, history: History) -> Verdict | None:
    """The verdict on the confirmed trials; None where there are none, or not all of them have been trained again."""
    trials, goal, folds = chosen(declared, history), declared.search.goals[0], folds_of(declared.program)
    if not trials or any(trial.number not in history.confirmed for trial in trials):
        return None
    found: list[Confirmed] = []
    for trial in trials:
        values = tuple(nan if run is None else run[0] for run in history.confirmed[trial.number].values)
        found.append(Confirmed(trial, values, Spread.of(values, folds, metric_span(goal.name))))
    found.sort(key=lambda one: (one.cost(goal), one.trial.number))
    test = _test(folder, declared, found[0])
    return Verdict(tuple(found), _ahead(found, goal, folds), test, _assertions(folder, declared, found[0], test or {}))


def confirming(declared: Declared, trial: Trial) -> Program:
    """The program of the runs that confirm a trial."""
    return confirming_program(_program(declared, trial), declared.search)


def known_rows(folder: Path, trial: Trial) -> list[dict[str, float | None]] | None:
    """The metrics of each of a trial's runs on the test split, as the study has them; None if it has none."""
    try:
        record: Any = read_json(folder / RESULT, folder)
        if record["trial"] != trial.number:
            return None
        return [{name: _value(value) for name, value in row.items()} for row in record["test"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _value(value: Any) -> float | None:
    return None if value is None else as_number(value)


def _program(declared: Declared, trial: Trial) -> Program:
    program = declared.analysis.trial(as_overrides(trial.params)).program
    assert program is not None, "it was trained"
    return program


def _ahead(found: list[Confirmed], goal: Goal, folds: int) -> Spread | None:
    """How much better the first is than the second, over the seeds that both have."""
    if len(found) < 2:
        return None
    pairs = zip(*(one.values for one in found[:2]), strict=True)
    return Spread.of([goal.cost(its) - goal.cost(own) for own, its in pairs], folds)


def _test(folder: Path, declared: Declared, best: Confirmed) -> dict[str, Spread] | None:
    rows = known_rows(folder, best.trial)
    if not rows:
        return None
    names = dict.fromkeys(name for row in rows for name in row)
    values = {name: [nan if (value := row.get(name)) is None else value for row in rows] for name in names}
    folds = folds_of(declared.program)
    return {name: Spread.of(found, folds, metric_span(f"test.{name}")) for name, found in values.items()} or None


def _assertions(
    folder: Path, declared: Declared, best: Confirmed, test: dict[str, Spread]
) -> tuple[AssertionResult, ...]:
    program = _program(declared, best.trial)
    if not program.assertions or not all(map(isfinite, best.values)):
        return ()
    path = folder / CONFIRM / best.trial.name
    parts = parts_of(confirming_program(program, declared.search))
    try:
        runs = [PartResult.of(part, path / part.name).results for part in parts]
    except NetspecError:
        return ()  # the runs were removed since
    means = {name: fmean(run.get(name, nan) for run in runs) for name in dict.fromkeys(chain(*runs))}
    return evaluate_all(program.assertions, means | {f"test.{name}": spread.mean for name, spread in test.items()})
