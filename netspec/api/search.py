"""Searches from Python: begin the study of a spec, go on with one, and find it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.problems import NetspecError
from netspec.problems.studies import NoStudy
from netspec.program.naming import RUNS, all_studies, name_of, runs_of, studies_in

if TYPE_CHECKING:
    from netspec.experiments.news import StudyResult, TrialEnded
    from netspec.experiments.study_folder import StudyFolder
    from netspec.interruption import StopRequest
    from netspec.runner.events import Event


def search(
    spec: Spec,
    *,
    out: str | Path | None = None,
    trials: int | None = None,
    device: str | None = None,
    on_trial: Callable[[TrialEnded], None] | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: StopRequest | None = None,
) -> StudyResult:
    """Search for good values of a spec's params as its section `search` says; each trial is a run in `trials`.

    The study's folder is `out`, which must be new or empty, or a new one under `runs`. It has `trials` trials, or as
    many as the spec says. `device` overrides `train.device`. `on_trial` is called when it is known what became of a
    trial, `on_event` with each event of its runs.

    Raises NetspecError for mistakes in the spec, and for data, devices and disks that no trial can do with; what is
    wrong with one setting is a trial that failed. Whatever it raises, `resume_search` goes on with the study, from the
    checkpoint of the trial that was interrupted.
    """
    study = begin_search(as_program(spec), out=out, trials=trials)
    return run_search(study, device=device, on_trial=on_trial, on_event=on_event, request=request)


def resume_search(
    folder: str | Path,
    *,
    trials: int | None = None,
    device: str | None = None,
    on_trial: Callable[[TrialEnded], None] | None = None,
    on_event: Callable[[Event], None] | None = None,
    request: StopRequest | None = None,
) -> StudyResult:
    """Go on with a study, whose folder is all that it needs but its data; to `trials` in all, those before included.

    On the same machine, with the same versions, it ends with the same trials and values as an uninterrupted one. Raises
    NetspecError as `search` does, also if the folder isn't that of a study.
    """
    study = open_search(folder, trials=trials)
    return run_search(study, device=device, on_trial=on_trial, on_event=on_event, request=request)


def begin_search(spec: Spec, *, out: str | Path | None = None, trials: int | None = None) -> StudyFolder:
    """The study of a spec that `search` runs, before its first trial; loads no torch."""
    from netspec.experiments.study_folder import StudyFolder

    return StudyFolder.begin(as_program(spec), None if out is None else Path(out), trials)


def open_search(folder: str | Path, *, spec: str | Path | None = None, trials: int | None = None) -> StudyFolder:
    """The study in a folder, before it goes on, to `trials` in all; loads no torch. Raises NetspecError, also if the
    `spec` at a path isn't any more what the study was begun with."""
    from netspec.experiments.study_folder import StudyFolder

    found = StudyFolder.open(Path(folder), None if spec is None else Path(spec))
    if trials is not None:
        found.study.set_total(trials)
    return found


def run_search(
    study: StudyFolder,
    *,
    device: str | None = None,
    workers: int = 1,
    on_trial: Callable[[TrialEnded], None] | None = None,
    on_event: Callable[[Event], None] | None = None,
    warn: Callable[[str], None] | None = None,
    request: StopRequest | None = None,
    concludes: bool = True,
) -> StudyResult:
    """Run the trials of a study that it doesn't have yet, as `search` does; then it `concludes` the study, which one
    process alone does: it confirms the best trials and writes the best one's spec. Several `workers` are processes of
    their own, whose events aren't to be had; `warn` is called with what they write to standard error, line by line."""
    from netspec.interruption import StopRequest

    if workers > 1:
        from netspec.experiments.workers import WorkersRun

        return WorkersRun(study, workers, device, on_trial, warn, request or StopRequest()).run()
    from netspec.experiments.study import StudyRun

    return StudyRun(study, device, on_trial, on_event, request or StopRequest(), concludes).run()


def find_study(path: str | Path | None = None) -> Path:
    """The folder of a study: the path itself, the newest study of the spec at a path, or by default the newest of all.

    Raises NetspecError if there is none.
    """
    if path is None:
        folder, found = RUNS, all_studies()
    elif Path(path).suffix in (".net", ".json"):
        folder = runs_of(name_of(Path(path)))
        found = studies_in(folder)
    else:
        return Path(path)
    if not found:
        help = "`netspec search SPEC` begins one; --resume also takes the folder of one"
        raise NetspecError.of(NoStudy(None, str(folder), "there is no study in it", help))
    return found[-1]
