"""The best trials of a study trained again with other seeds, and the best of them evaluated on the test split."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from netspec.experiments.study_folder import CONFIRM, StudyFolder
from netspec.experiments.training import Trainer
from netspec.experiments.trial import is_finished, is_of_setting, train_in, values_by_run
from netspec.experiments.verdict import RESULT, chosen, confirming, known_rows, verdict_of
from netspec.files import as_json, file_problems, finite_or_none, write_atomically
from netspec.problems.base import NetspecError
from netspec.program.parts import parts_of
from netspec.program.space import Role
from netspec.report.confirmed import Verdict
from netspec.runner.store.run_history import has_record
from netspec.runner.uses.saved_run import SavedRun
from netspec.searcher.trials import Trial


def confirm(folder: StudyFolder, trainer: Trainer) -> Verdict | None:
    """Train the best trials again that weren't yet, and look at the test split for the best of them, once. None if the
    study has no confirmation, or no trial that went to its end. Raises NetspecError, and goes on the next time."""
    trainer = replace(trainer, role=Role.CONFIRMING)
    for trial in chosen(folder.declared, folder.history):
        if trial.number not in folder.history.confirmed:
            _train(folder, trial, trainer)
    found = verdict_of(folder.path, folder.declared, folder.study.refresh())
    if found is None or not folder.declared.program.evaluate.test or found.test is not None:
        return found
    if not all(map(isfinite, found.trials[0].values)):
        return found
    _test(folder, found.trials[0].trial)
    return verdict_of(folder.path, folder.declared, folder.history)


def _train(folder: StudyFolder, trial: Trial, trainer: Trainer) -> None:
    program, path = confirming(folder.declared, trial), folder.path / CONFIRM / trial.name
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


def _test(folder: StudyFolder, best: Trial) -> None:
    """Evaluate the runs of a trial on the test split, unless that was done before."""
    if known_rows(folder.path, best) is not None:
        return  # the data has no test split
    parts = parts_of(confirming(folder.declared, best))
    saved = [SavedRun.of(folder.path / CONFIRM / best.name / part.name) for part in parts]
    evaluations = [one.evaluate("test") for one in saved]
    rows = [dict(one.values) for one in evaluations if one is not None]
    finite = [{name: finite_or_none(value) for name, value in row.items()} for row in rows]
    with file_problems(folder.path):
        write_atomically(folder.path / RESULT, as_json({"trial": best.number, "test": finite}))
