"""`netspec run`: train, judge and report; or go on with a run that ended before its time."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from netspec.checker import check_file
from netspec.cli.output import message, show, show_diagnostics, without_notes
from netspec.cli.overrides import overridable
from netspec.cli.which_run import run_of
from netspec.interruption import end_on_request
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed
from netspec.wording import counted, decimal


@click.command("run")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--resume", is_flag=True, help="go on with a run: SPEC is its folder, or the spec whose newest run it is")
@click.option("--smoke", is_flag=True, help="two batches through everything, to see that it works; no run is kept")
@click.option("--overfit", type=click.IntRange(min=1), metavar="N", help="whether N batches can be learned by heart")
@click.option("--out", type=click.Path(path_type=Path), help="the run folder; by default runs/<spec>/<time>-<id>")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "xpu", "cpu"]), help="where to compute")
@click.option("--log-to", type=click.Choice(TRACKERS), multiple=True, help="log to that too, an extra of netspec's")
@overridable
def command(
    spec: Path | None,
    resume: bool,
    smoke: bool,
    overfit: int | None,
    out: Path | None,
    device: str | None,
    log_to: tuple[Tracker, ...],
    overrides: dict[str, str],
) -> None:
    """Check SPEC, train its network, judge it on the test split, and write a report.

    Everything of the run goes to one folder, whose path is printed first and last. Ctrl-C lets the step under way end,
    saves, and says how to go on; a second one ends at once.
    """
    if resume + smoke + (overfit is not None) > 1:
        raise click.UsageError("--resume, --smoke and --overfit don't go together.")
    if resume:
        if out is not None or log_to or overrides:
            raise click.UsageError("--resume goes on with a run as it was: without --out, --log-to and --set.")
        _resume(run_of(spec), device)
        return
    if spec is None:
        raise click.UsageError("Missing argument 'SPEC'.")
    if (smoke or overfit is not None) and (out is not None or log_to):
        raise click.UsageError("--smoke and --overfit keep no run: without --out and --log-to.")
    ensure_installed(log_to)
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    gc.enable()
    if smoke:
        _smoke(program, device)
        return
    if overfit is not None:
        _overfit(program, overfit, device)
        return
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.api import run, run_parts
    from netspec.report.terminal import Terminal

    with Terminal() as terminal, end_on_request(_heard) as request:
        if parts_of(program):
            several = run_parts(program, out=out, device=device, log_to=log_to, on_event=terminal, request=request)
            terminal.summary(several)
        else:
            run(program, out=out, device=device, log_to=log_to, on_event=terminal, request=request)


def _smoke(program: Program, device: str | None) -> None:
    from netspec.api import smoke
    from netspec.report.terminal import Terminal

    with Terminal(kept=False) as terminal:
        result = smoke(program, device=device, on_event=terminal)
    judged = "" if result.test is None else ", test"
    show(f"all of it works: training{', validation' * bool(result.validated)}{judged}, checkpoint and report")


def _overfit(program: Program, batches: int, device: str | None) -> None:
    from netspec.api import overfit

    learned = overfit(program, batches, device=device)
    losses = f"loss {decimal(learned.first_loss)} to {decimal(learned.last_loss)}"
    show(
        f"{counted(learned.samples, 'sample')} in {counted(learned.batches, 'batch')}: "
        f"known by heart after {counted(learned.passes, 'pass')}, {losses}"
    )


def _resume(folder: Path, device: str | None) -> None:
    if (folder / "run.json").exists():
        message(f"the run in {folder} is finished; `netspec report {folder}` writes its report anew")
        return
    gc.enable()
    from netspec.api import resume, resume_parts
    from netspec.report.terminal import Terminal
    from netspec.runner.store.saved_spec import saved_program

    several = parts_of(saved_program(folder))
    with Terminal() as terminal, end_on_request(_heard) as request:
        if several:
            terminal.summary(resume_parts(folder, device=device, on_event=terminal, request=request))
        else:
            resume(folder, device=device, on_event=terminal, request=request)


def _heard() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
