"""`netspec search`: search for good values of a spec's params; or go on with a search."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, overridable
from netspec.cli.output import message, show, show_error
from netspec.interruption import stop_on_signal
from netspec.problems import NetspecError

if TYPE_CHECKING:
    from netspec.experiments.study_folder import StudyFolder


@click.command("search")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--resume", is_flag=True, help="go on with a study: SPEC is its folder, or the spec whose newest it is")
@click.option("--out", type=click.Path(path_type=Path), help="its folder; by default runs/<spec>/study-<time>-<id>")
@click.option(
    "--trials",
    type=click.IntRange(min=1, max=1_000_000),
    metavar="N",
    help="how many trials in all, those before included; by default as many as the spec says",
)
@device_option
@overridable
def command(
    spec: Path | None, resume: bool, out: Path | None, trials: int | None, device: str | None, overrides: dict[str, str]
) -> int:
    """Try many settings of SPEC's params, as its section `search` says, and find the best one.

    Each trial is an ordinary run in the study's folder, whose path is printed first and last. Ctrl-C lets the step
    under way end, saves, and says how to go on; the trial under way then goes on from there, with the same results.
    """
    if resume:
        if out is not None or overrides:
            raise click.UsageError("--resume goes on with a study as it was: without --out and --set.")
        study = api.open_search(api.find_study(spec), spec=_spec_of(spec), trials=trials)
    else:
        if spec is None:
            raise click.UsageError("Missing argument 'SPEC'.")
        study = api.begin_search(checked_program(spec, overrides), out=out, trials=trials)
    gc.enable()
    return _follow(study, device)


def _spec_of(path: Path | None) -> Path | None:
    return path if path is not None and path.suffix in (".net", ".json") else None


def _follow(study: StudyFolder, device: str | None) -> int:
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.experiments.study import TrialEnded, resuming
    from netspec.report.quiet import Quiet
    from netspec.report.study_lines import best_lines, trial_line

    def tell(ended: TrialEnded) -> None:
        show(trial_line(ended.trial, ended.outcome, ended.history), markup=False)

    show(f"study     {study.path}", markup=False)
    done = sum(study.history.outcome(trial.number) is not None for trial in study.history.trials)
    if done:
        show(f"          {done} of {study.history.total} trials are done", markup=False)
    try:
        with stop_on_signal(_on_signal) as request:
            result = api.run_search(study, device=device, on_trial=tell, on_event=Quiet(_warn), request=request)
    except NetspecError as error:
        show_error(error)
        message(f"nothing is lost: `{resuming(study.path)}` goes on")
        return error.exit_code
    for index, line in enumerate(best_lines(result.history)):
        show(f"{'' if index else 'best':<10}{line}", markup=False)
    if result.best is None:
        show("best      none: no trial went to its end", markup=False)
    show(f"study     {study.path}", markup=False)
    return 0


def _warn(text: str) -> None:
    message(f"warning: {text}")


def _on_signal() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
