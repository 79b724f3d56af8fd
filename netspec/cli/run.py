"""`netspec run`: train a spec's network, evaluate it and report; or resume a run."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec import api
from netspec.api.weights import fetch_for
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, overridable
from netspec.cli.output import message, show, write
from netspec.interruption import stop_on_signal
from netspec.problems import NetspecError, Problem
from netspec.problems.exporting import NotExported
from netspec.problems.running import AssertionsFailed
from netspec.program.assertion import AssertionResult
from netspec.program.program import Program
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed
from netspec.render.assertions import assertion_line, assertion_values
from netspec.saved.export_record import ExportRecord
from netspec.wording import counted, decimal

if TYPE_CHECKING:
    from netspec.report.terminal import Terminal
    from netspec.runner.events import RunResult
    from netspec.runner.uses.run_summary import Summary


@click.command("run")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--resume", is_flag=True, help="go on with a run: SPEC is its folder, or the spec whose newest run it is")
@click.option("--smoke", is_flag=True, help="two batches through everything, to see that it works; no run is kept")
@click.option("--overfit", type=click.IntRange(min=1), metavar="N", help="whether N batches can be learned by heart")
@click.option("--out", type=click.Path(path_type=Path), help="the run folder; by default runs/<spec>/<time>-<id>")
@click.option("-q", "--quiet", is_flag=True, help="only warnings and errors, and in the end the run folder on a line")
@device_option
@click.option("--log-to", type=click.Choice(TRACKERS), multiple=True, help="log to that too, an extra of netspec's")
@overridable
def command(
    spec: Path | None,
    resume: bool,
    smoke: bool,
    overfit: int | None,
    out: Path | None,
    quiet: bool,
    device: str | None,
    log_to: tuple[Tracker, ...],
    overrides: dict[str, str],
) -> None:
    """Check SPEC, train its network, judge it on the test split, and write a report.

    Everything of the run goes to one folder, whose path is printed first and last. With --quiet that path is all of
    standard output, and warnings and errors go to standard error: `RUN=$(netspec run SPEC --quiet)`. Ctrl-C lets the
    step under way end, saves, and says how to go on; a second one ends at once.
    """
    if resume + smoke + (overfit is not None) > 1:
        raise click.UsageError("--resume, --smoke and --overfit don't go together.")
    if resume:
        if out is not None or log_to or overrides:
            raise click.UsageError("--resume goes on with a run as it was: without --out, --log-to and --set.")
        _resume(api.find_run(spec), device, quiet=quiet)
        return
    if spec is None:
        raise click.UsageError("Missing argument 'SPEC'.")
    if (smoke or overfit is not None) and (out is not None or log_to):
        raise click.UsageError("--smoke and --overfit keep no run: without --out and --log-to.")
    ensure_installed(log_to)
    program = checked_program(spec, overrides)
    gc.enable()
    fetch_for(program, message)
    if smoke:
        _smoke(program, device, quiet=quiet)
    elif overfit is not None:
        _overfit(program, overfit, device, quiet=quiet)
    else:
        _follow(lambda **settings: api.run(program, out=out, device=device, log_to=log_to, **settings), quiet=quiet)


def _follow(run: Callable[..., RunResult | Summary], *, quiet: bool) -> None:
    """Show a run while it goes on, and its results. `run` takes the listener for events as `on_event`, and as `request`
    the one to end it."""
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.report.quiet import Quiet
    from netspec.report.terminal import Terminal

    with nullcontext(Quiet(_warn)) if quiet else Terminal() as listener, stop_on_signal(_on_signal) as request:
        result = run(on_event=listener, request=request)
        if isinstance(listener, Quiet):
            _write_folder(result.folder)
        else:
            _show_summary(listener, result)
    _ensure_promises(result)


def _resume(folder: Path, device: str | None, *, quiet: bool) -> None:
    from netspec.runner.store.run_history import is_finished, recorded_assertions, recorded_exports

    if is_finished(folder):
        message(f"the run in {folder} is finished; `netspec report {folder}` writes its report anew")
        assertions, exports = recorded_assertions(folder), recorded_exports(folder)
        if quiet:
            _write_folder(folder)
        else:
            for assertion in assertions:
                show(f"assert    {assertion_line(assertion)}")
        _refuse_failed(folder, assertions, exports)
        return
    gc.enable()
    _follow(lambda **settings: api.resume(folder, device=device, **settings), quiet=quiet)


def _write_folder(folder: Path) -> None:
    """The path as it is, for scripts."""
    write(os.fsencode(folder) + b"\n")


def _warn(text: str) -> None:
    message(f"warning: {text}")


def _show_summary(terminal: Terminal, result: RunResult | Summary) -> None:
    """Of several runs the summary; a single one has shown its result."""
    from netspec.runner.uses.run_summary import Summary

    if isinstance(result, Summary):
        terminal.summary(result)


def _ensure_promises(result: RunResult | Summary) -> None:
    """Raise NetspecError if an assertion on the results doesn't hold, or the network couldn't be exported; by then
    everything is saved."""
    from netspec.runner.results import assertion_results
    from netspec.runner.uses.run_summary import Summary

    several = isinstance(result, Summary)
    _refuse_failed(result.folder, result.assertions if several else assertion_results(result), result.exports)


def _refuse_failed(folder: Path, assertions: Sequence[AssertionResult], exports: Sequence[ExportRecord]) -> None:
    failed = tuple(f"{one.text}: {assertion_values(one)}" for one in assertions if not one.holds)
    problems: list[Problem] = [NotExported(None, one.file, one.trouble) for one in exports if one.trouble is not None]
    if failed:
        problems.append(AssertionsFailed(None, str(folder), failed, len(assertions)))
    if problems:
        raise NetspecError([problem.diagnose() for problem in problems])


def _smoke(program: Program, device: str | None, *, quiet: bool) -> None:
    from netspec.report.quiet import Quiet
    from netspec.report.terminal import Terminal

    if quiet:
        api.smoke(program, device=device, on_event=Quiet(_warn))
        return
    with Terminal(show_folder=False) as terminal:
        result = api.smoke(program, device=device, on_event=terminal)
    _refuse_failed(result.folder, (), result.exports)
    validation, test = ", validation" * bool(result.validation_values), ", test" * bool(result.test)
    show(f"all of it works: training{validation}{test}, checkpoint and report")


def _overfit(program: Program, batches: int, device: str | None, *, quiet: bool) -> None:
    result = api.overfit(program, batches, device=device)
    if quiet:
        return
    losses = f"loss {decimal(result.first_loss)} to {decimal(result.last_loss)}"
    show(
        f"{counted(result.samples, 'sample')} in {counted(result.batches, 'batch')}: "
        f"known by heart after {counted(result.epochs, 'pass')}, {losses}"
    )


def _on_signal() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
