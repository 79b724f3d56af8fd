"""Saved runs from Python: find, list and compare them, evaluate their weights, predict with them, write reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from netspec.files import file_problems, write_atomically
from netspec.problems import NetspecError
from netspec.problems.running import NoRun
from netspec.program.naming import RUNS, all_runs, all_studies, name_of, runs_in, runs_of
from netspec.program.parts import parts_of

if TYPE_CHECKING:
    from netspec.program.comparison import Comparison
    from netspec.runner.uses.predictions import Prediction
    from netspec.runner.uses.saved_run import SavedEvaluation

Weights = Literal["best", "last"]
SplitName = Literal["train", "validation", "test"]

BEST_TRIALS = 5
"""So many of the best trials of a study are compared."""


def find_run(path: str | Path | None = None) -> Path:
    """The folder of a run: the path itself, the newest run of the spec at a path, or by default the newest run of all.

    Raises NetspecError if there is no run.
    """
    if path is None:
        folder, found = RUNS, all_runs()
    elif Path(path).suffix in (".net", ".json"):
        folder = runs_of(name_of(Path(path)))
        found = runs_in(folder)
    else:
        return Path(path)
    if not found:
        raise NetspecError.of(NoRun(None, str(folder), "there is no run in it"))
    return found[-1]


def runs() -> list[dict[str, Any]]:
    """The runs in `runs` with their states and results, as JSON data, the newest last, and behind them the studies;
    these have `study` in the place of `run`, and their trials are no runs here."""
    from netspec.runner.store.run_history import run_facts
    from netspec.searcher.listing import study_facts

    return [*(run_facts(run) for run in all_runs()), *(study_facts(study) for study in all_studies())]


def list_trials(study: str | Path) -> list[dict[str, Any]]:
    """The trials of the study in a folder with their states and objectives, as JSON data, in their order. Raises
    NetspecError if there is none that can be read."""
    from netspec.searcher.listing import trial_facts

    return trial_facts(Path(study))


def compare(folders: Sequence[str | Path]) -> Comparison:
    """What differs between the specs of runs, and their results. A study alone stands for its best trials, five at
    most, and beside others for its best one. Raises NetspecError if one isn't a run, or there are no two to compare."""
    from netspec.program.comparison import compare
    from netspec.runner.store.run_history import run_history
    from netspec.searcher.listing import best_runs, is_study

    most = BEST_TRIALS if len(folders) == 1 else 1
    found = [best_runs(path, most) if is_study(path) else [path] for path in map(Path, folders)]
    return compare([run_history(run) for several in found for run in several])


def evaluate(folder: str | Path, split: SplitName = "test", weights: Weights | None = None) -> SavedEvaluation | None:
    """Evaluate the weights of a run, by default its final ones, on a split of its data; None if it has no such split.

    `train` are the samples that the run was trained on, evaluated as those of the other splits: with the transforms,
    without augmentation, and in evaluation mode.

    Raises NetspecError if the folder isn't that of a run, or the data isn't that of the run.
    """
    from netspec.runner.uses.saved_run import SavedEvaluation, SavedRun

    saved = SavedRun.of(Path(folder), weights)
    evaluation = saved.evaluate(split)
    return SavedEvaluation(saved.moment, evaluation) if evaluation else None


def predict(
    folder: str | Path,
    files: Sequence[str | Path],
    weights: Weights | None = None,
    *,
    resize: bool = False,
    id: str | None = None,
) -> tuple[Prediction, ...]:
    """Predict samples with the weights of a run: images, folders of images, or tables, of which each row is one.

    `resize` resizes images to the size that the network expects, and `id` is the column that identifies the rows of a
    table. Raises NetspecError if the folder isn't that of a run, or a file can't be read or doesn't fit the network.
    """
    from netspec.runner.uses.predictions import predict_files
    from netspec.runner.uses.saved_run import SavedRun

    return predict_files(SavedRun.of(Path(folder), weights), [Path(file) for file in files], resize=resize, id=id)


def report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the report of a run or a study again and return its path; the page without plots beside it if `out` is
    given.

    The weights are evaluated again, on the data from where the spec says. A run that isn't finished is reported as of
    its newest checkpoint. The report of a study needs nothing but its folder. Raises NetspecError.
    """
    from netspec.checker import saved_program
    from netspec.report.html import page_of, write_report
    from netspec.report.summary_page import summary_page, write_summary
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.store.run_history import ended
    from netspec.runner.uses.reload import reload
    from netspec.runner.uses.run_summary import Summary

    run = Path(folder)
    from netspec.searcher.listing import is_study

    if is_study(run):
        from netspec.experiments.study_report import write_study_report

        return write_study_report(run, None if out is None else Path(out))
    program = saved_program(run)
    made = Summary.of(program, run) if parts_of(program) else reload(run)
    if out is None:
        with RunFolder(run, resume=True):
            if isinstance(made, Summary):
                return write_summary(made, run, ended(run))
            return write_report(made, run, ended(run))
    path = Path(out)
    page = summary_page(made, ended(run)) if isinstance(made, Summary) else page_of(made, ended(run))
    with file_problems(path):
        write_atomically(path, page.encode())
    return path
