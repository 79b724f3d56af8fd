"""The best trials of a study trained again with other seeds, and what that says of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from math import isfinite, nan
from pathlib import Path
from statistics import fmean
from typing import Any

from netspec.catalogue.entry import as_list, as_text
from netspec.catalogue.sections.search import Goal
from netspec.experiments.best import program_of
from netspec.experiments.study_folder import CONFIRM, StudyFolder
from netspec.experiments.training import Trainer
from netspec.experiments.trial import is_finished, is_of_setting, train_in, values_by_run
from netspec.files import as_json, file_problems, finite_or_none, write_atomically
from netspec.formats.confined import read_json
from netspec.formats.strict_json import as_number
from netspec.problems.base import NetspecError
from netspec.program.assertion import AssertionResult, evaluate_all
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.space import Role, confirming_program
from netspec.runner.store.run_history import has_record
from netspec.runner.uses.run_summary import PartResult, Spread, folds_of, metric_span
from netspec.runner.uses.saved_run import SavedRun
from netspec.searcher.trials import Trial

RESULT = "confirmed.json"
"""The file of a study with what the test split said of the best."""


@dataclass(frozen=True)
class Confirmed:
    """A trial that was trained again: the objective of each run, nan for one that failed, and their spread."""

    trial: Trial
    values: tuple[float, ...]
    spread: Spread

    def cost(self, goal: Goal) -> float:
        """Its mean such that smaller is better; a trial of which a run failed is the worst."""
        return goal.cost(self.spread.mean) if all(map(isfinite, self.values)) else float("inf")


@dataclass(frozen=True)
class Verdict:
    """The confirmed trials, the best first; how much better the best is than the next, run by run, None where there is
    no next; the spreads of the metrics of the best one on the test split, None without one; and the spec's assertions
    on results, evaluated on the means of the best one."""

    trials: tuple[Confirmed, ...]
    ahead: Spread | None
    test: dict[str, Spread] | None
    assertions: tuple[AssertionResult, ...] = ()

    @property
    def is_better(self) -> bool:
        """Whether the best is better than the next beyond chance, as far as its runs can say it."""
        return self.ahead is not None and self.ahead.low is not None and self.ahead.low > 0


def confirm(folder: StudyFolder, trainer: Trainer) -> Verdict | None:
    """Train the best trials again that weren't yet, and look at the test split for the best of them, once. None if the
    study has no confirmation, or no trial that went to its end. Raises NetspecError, and goes on the next time."""
    search = folder.declared.search
    if search.confirm is None or not folder.study.history.ranked():
        return None
    trainer = replace(trainer, role=Role.CONFIRMING)
    chosen = folder.study.history.ranked()[: search.confirm.trials]
    for trial in chosen:
        if trial.number not in folder.study.history.confirmed:
            _train(folder, trial, trainer)
    goal = search.goals[0]
    known, folds = folder.study.refresh().confirmed, folds_of(folder.declared.program)
    found: list[Confirmed] = []
    for trial in chosen:
        values = tuple(nan if run is None else run[0] for run in known[trial.number].values)
        found.append(Confirmed(trial, values, Spread.of(values, folds, metric_span(goal.name))))
    found.sort(key=lambda one: (one.cost(goal), one.trial.number))
    test = _test(folder, found[0])
    return Verdict(tuple(found), _ahead(found, goal, folds), test, _assertions(folder, found[0], test or {}))


def _train(folder: StudyFolder, trial: Trial, trainer: Trainer) -> None:
    program, path = _program(folder, trial), folder.path / CONFIRM / trial.name
    try:
        if not is_finished(path, program):
            train_in(path, program, trainer)
    except NetspecError as error:
        if not is_of_setting(error, program, folder.declared.program):
            raise
    goals = folder.declared.search.goals
    runs = [
        values_by_run(part.of(program), path / part.name, goals)[0] if has_record(path / part.name) else None
        for part in parts_of(program)
    ]
    finite = [run if run is not None and all(map(isfinite, run)) else None for run in runs]
    folder.study.confirm(trial.number, finite)


def _program(folder: StudyFolder, trial: Trial) -> Program:
    program = program_of(folder, trial)
    assert program is not None, "it was trained"
    return confirming_program(program, folder.declared.search)


def _ahead(found: list[Confirmed], goal: Goal, folds: int) -> Spread | None:
    """How much better the first is than the second, over the seeds that both have."""
    if len(found) < 2:
        return None
    pairs = zip(*(one.values for one in found[:2]), strict=True)
    return Spread.of([goal.cost(its) - goal.cost(own) for own, its in pairs], folds)


def _assertions(folder: StudyFolder, best: Confirmed, test: dict[str, Spread]) -> tuple[AssertionResult, ...]:
    program, confirmed = program_of(folder, best.trial), _program(folder, best.trial)
    path = folder.path / CONFIRM / best.trial.name
    if program is None or not program.assertions or best.spread.count < len(best.values):
        return ()
    runs = [PartResult.of(part, path / part.name).results for part in parts_of(confirmed)]
    means = {name: fmean(run.get(name, nan) for run in runs) for name in dict.fromkeys(chain(*runs))}
    return evaluate_all(program.assertions, means | {f"test.{name}": spread.mean for name, spread in test.items()})


def _test(folder: StudyFolder, best: Confirmed) -> dict[str, Spread] | None:
    """The metrics of the runs of the best trial on the test split: read once, and from then on from the study."""
    program, path = _program(folder, best.trial), folder.path / RESULT
    if not folder.declared.program.evaluate.test or best.spread.count < len(best.values):
        return None
    rows = _known_rows(path, folder.path, best)
    if rows is None:
        saved = [SavedRun.of(folder.path / CONFIRM / best.trial.name / part.name) for part in parts_of(program)]
        evaluations = [one.evaluate("test") for one in saved]
        rows = [dict(one.values) for one in evaluations if one is not None]
        finite = [{name: finite_or_none(value) for name, value in row.items()} for row in rows]
        with file_problems(folder.path):
            write_atomically(path, as_json({"trial": best.trial.number, "test": finite}))
    names = dict.fromkeys(name for row in rows for name in row)
    values = {name: [row.get(name, nan) for row in rows] for name in names}
    folds = folds_of(program)
    return {name: Spread.of(found, folds, metric_span(f"test.{name}")) for name, found in values.items()} or None


def _known_rows(path: Path, within: Path, best: Confirmed) -> list[dict[str, float]] | None:
    """The metrics of each run on the test split, nan for what was no number, as they were written down; None if they
    weren't for this trial."""
    try:
        record: Any = read_json(path, within)
        if record["trial"] != best.trial.number:
            return None
        return [
            {as_text(name): nan if value is None else as_number(value) for name, value in row.items()}
            for row in as_list(record["test"])
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
