"""The page of a study from its folder, and what there is to list of studies and their trials."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from netspec.checker.analysis import saved_analysis
from netspec.experiments.study_folder import CONFIRM, Declared, saved_study
from netspec.experiments.verdict import verdict_of
from netspec.files import file_problems, write_atomically
from netspec.formats.confined import is_file_of, is_folder_of
from netspec.report.study_facts import StudyFacts
from netspec.report.study_page import study_page
from netspec.runner.store.run_history import folders_of_parts
from netspec.runner.store.saved_record import read_history as epochs_of
from netspec.saved.formats import JOURNAL, REPORT
from netspec.searcher.history import History, read_history
from netspec.searcher.study import TRIALS


def write_study_report(folder: Path, out: Path | None = None, declared: Declared | None = None) -> Path:
    """Write the page of the study in a folder into it, or to `out`; returns its path. The folder is enough: neither
    the data nor what proposes trials is needed; what its spec says is found anew unless it is `declared`. Raises
    NetspecError."""
    path = out or folder / REPORT
    page = study_page(study_facts(folder, path.parent, declared))
    with file_problems(path):
        write_atomically(path, page.encode())
    return path


def study_facts(folder: Path, beside: Path, declared: Declared | None = None) -> StudyFacts:
    """What the page says of the study in a folder; addresses are those from a page in the folder `beside`."""
    declared = declared or Declared.of(saved_analysis(saved_study(folder)[0]))
    history = read_history(folder)
    return StudyFacts(
        program=declared.program,
        plan=declared.plan,
        history=history,
        verdict=verdict_of(folder, declared, history),
        epochs=dict(_epochs(folder, history)),
        links=dict(_links(folder, history, beside)),
        when=datetime.fromtimestamp((folder / JOURNAL.file).stat().st_mtime),
    )


def _epochs(folder: Path, history: History) -> Iterator[tuple[int, int]]:
    """How many epochs each trial was trained for; of several runs the first one."""
    for trial in history.trials:
        if trial.outcome is None or trial.outcome.failure is not None:
            continue
        if trial.outcome.course:
            yield trial.number, max(trial.outcome.course)
            continue
        path = folder / TRIALS / trial.name
        runs = [path, *sorted(folders_of_parts(path))[:1]]
        if found := max(len(epochs_of(run, folder)) for run in runs):
            yield trial.number, found


def _links(folder: Path, history: History, beside: Path) -> Iterator[tuple[str, str]]:
    """The addresses of runs that are there: of their page, or of their folder."""
    try:
        way = Path(os.path.relpath(folder.resolve(), beside.resolve())).as_posix()
    except ValueError:  # another drive
        return
    for name, runs in (("", TRIALS), (f"{CONFIRM}/", CONFIRM)):
        for trial in history.trials:
            path = folder / runs / trial.name
            if is_folder_of(path, folder):
                page = REPORT if is_file_of(path / REPORT, folder) else ""
                yield f"{name}{trial.name}", quote(f"{way}/{runs}/{trial.name}/{page}".removeprefix("./"))
