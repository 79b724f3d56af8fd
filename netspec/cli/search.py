"""`netspec search`: search for good values of a spec's params; or go on with a search."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, overridable
from netspec.cli.output import console, message, show, show_error, write
from netspec.interruption import stop_on_signal
from netspec.problems import NetspecError
from netspec.problems.running import AssertionsFailed
from netspec.render.assertions import assertion_values
from netspec.wording import counted

if TYPE_CHECKING:
    from netspec.experiments.news import StudyResult
    from netspec.experiments.study_folder import StudyFolder
    from netspec.runner.events import Event


@click.command("search")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--resume", is_flag=True, help="go on with a study: SPEC is its folder, or the spec whose newest it is")
@click.option("--out", type=click.Path(path_type=Path), help="its folder; by default runs/<spec>/study-<time>-<id>")
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    metavar="N",
    help="how many trials in all, those before included; by default as many as the spec says",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=1024),
    metavar="N",
    default=1,
    help="so many processes run trials, up to `parallel` of the spec, with the processors divided between them",
)
@click.option(
    "--worker",
    type=click.Path(path_type=Path),
    metavar="STUDY",
    help="run trials of the study in a folder beside other processes, and say nothing of them",
)
@click.option(
    "-q", "--quiet", is_flag=True, help="only warnings and errors, and in the end the study's folder on a line"
)
@click.option("--attached", is_flag=True, hidden=True)
@device_option
@overridable
def command(
    spec: Path | None,
    resume: bool,
    out: Path | None,
    trials: int | None,
    workers: int,
    worker: Path | None,
    quiet: bool,
    attached: bool,
    device: str | None,
    overrides: dict[str, str],
) -> int:
    """Try many settings of SPEC's params, as its section `search` says, and find the best one.

    Each trial is an ordinary run in the study's folder, whose path is printed first and last, and a line on the
    terminal, with the best one so far and the time that is left. With --quiet the path is all of standard output.
    Ctrl-C lets the step under way end, saves, and says how to go on; the trial under way then goes on from there, with
    the same results.
    """
    if worker is not None:
        if spec is not None or resume or out is not None or trials is not None or workers > 1 or overrides:
            raise click.UsageError("--worker takes nothing but the folder of a study, and --device.")
        return _work(worker, device, attached=attached)
    if resume:
        if out is not None or overrides:
            raise click.UsageError("--resume goes on with a study as it was: without --out and --set.")
        study = api.open_search(api.find_study(spec), spec=_spec_of(spec), trials=trials)
    else:
        if spec is None:
            raise click.UsageError("Missing argument 'SPEC'.")
        if spec.is_dir():
            raise click.UsageError(f"'{spec}' is a folder. Did you mean 'netspec search --resume {spec}'?")
        study = api.begin_search(checked_program(spec, overrides), out=out, trials=trials)
    gc.enable()
    return _follow(study, device, workers, quiet=quiet)


def _spec_of(path: Path | None) -> Path | None:
    return path if path is not None and path.suffix in (".net", ".json") else None


def _work(folder: Path, device: str | None, *, attached: bool) -> int:
    """Run trials of a study beside other processes."""
    from netspec.experiments.workers import end_with_parent

    study = api.open_search(folder)
    gc.enable()
    with stop_on_signal(_on_signal) as request:
        if attached:
            end_with_parent(request)
        api.run_search(study, device=device, on_event=_warnings(), request=request, concludes=False)
    return 0


def _follow(study: StudyFolder, device: str | None, workers: int, *, quiet: bool) -> int:
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.experiments.news import TrialEnded, noted, resuming
    from netspec.report.study_lines import StudyLines

    lines = None if quiet else StudyLines(study.declared.plan, study.history, console())
    if lines is not None:
        lines.begin(str(study.path), study.history)

    def tell(ended: TrialEnded) -> None:
        if lines is not None:
            lines.trial(ended.trial, ended.outcome, ended.history)

    if workers > (most := study.declared.search.parallel):
        message(f"{counted(most, 'worker')}, as `search` proposes rounds of {most}: `parallel = {workers}` takes more")
        workers = most
    try:
        with noted(study.path), stop_on_signal(_on_signal) as request:
            result = api.run_search(
                study,
                device=device,
                workers=workers,
                on_trial=tell,
                on_event=_warnings() if workers == 1 else None,
                warn=message,
                request=request,
            )
    except NetspecError as error:
        show_error(error)
        message(f"nothing is lost: `{resuming(study.path)}` goes on")
        return error.exit_code
    if quiet:
        write(os.fsencode(study.path) + b"\n")
    else:
        _show(result, study)
    assertions = result.verdict.assertions if result.verdict is not None else ()
    if failed := tuple(f"{one.text}: {assertion_values(one)}" for one in assertions if not one.holds):
        raise NetspecError.of(AssertionsFailed(None, str(study.path), failed, len(assertions)))
    return 0


def _show(result: StudyResult, study: StudyFolder) -> None:
    """What a study has come to: its best trials, and where to look."""
    from netspec.report.confirmed import verdict_lines
    from netspec.searcher.lines import best_lines

    show("")
    if result.verdict is not None:
        for line in verdict_lines(result.verdict, result.history.terms.goals[0]):
            show(line, markup=False)
    else:
        for index, line in enumerate(best_lines(result.history) if result.best else ["none: no trial went to its end"]):
            show(f"{'' if index else 'best':<10}{line}", markup=False)
    if result.spec is not None:
        copied = "" if result.in_place else f", for the folder of {study.declared.program.source.name}: copy it there"
        show(f"spec      {result.spec}{copied}", markup=False)
    if result.report is not None:
        show(f"report    {result.report}", markup=False)
    show(f"study     {study.path}", markup=False)


def _warnings() -> Callable[[Event], None]:
    from netspec.report.quiet import Quiet

    return Quiet(lambda text: message(f"warning: {text}"))


def _on_signal() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
