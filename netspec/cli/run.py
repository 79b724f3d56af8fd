"""`netspec run`: train a spec's network, evaluate it and report; or resume a run."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, overridable
from netspec.cli.output import message, show
from netspec.interruption import stop_on_signal
from netspec.problems import NetspecError
from netspec.problems.running import AssertionsFailed
from netspec.program.assertion import AssertionResult
from netspec.program.program import Program
from netspec.program.trackers import TRACKERS, Tracker, ensure_installed
from netspec.render.assertions import assertion_line, assertion_values
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
@device_option
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
        _resume(api.find_run(spec), device)
        return
    if spec is None:
        raise click.UsageError("Missing argument 'SPEC'.")
    if (smoke or overfit is not None) and (out is not None or log_to):
        raise click.UsageError("--smoke and --overfit keep no run: without --out and --log-to.")
    ensure_installed(log_to)
    program = checked_program(spec, overrides)
    gc.enable()
    if smoke:
        _smoke(program, device)
    elif overfit is not None:
        _overfit(program, overfit, device)
    else:
        _run(program, out, device, log_to)


def _run(program: Program, out: Path | None, device: str | None, log_to: tuple[Tracker, ...]) -> None:
    # torch is loaded only now: a mistake in the spec has been reported before
    from netspec.report.terminal import Terminal

    with Terminal() as terminal, stop_on_signal(_on_signal) as request:
        result = api.run(program, out=out, device=device, log_to=log_to, on_event=terminal, request=request)
        _show_summary(terminal, result)
    _ensure_assertions(result)


def _resume(folder: Path, device: str | None) -> None:
    from netspec.runner.store.run_history import is_finished, recorded_assertions

    if is_finished(folder):
        message(f"the run in {folder} is finished; `netspec report {folder}` writes its report anew")
        assertions = recorded_assertions(folder)
        for assertion in assertions:
            show(f"assert    {assertion_line(assertion)}")
        _refuse_failed(folder, assertions)
        return
    gc.enable()
    from netspec.report.terminal import Terminal

    with Terminal() as terminal, stop_on_signal(_on_signal) as request:
        result = api.resume(folder, device=device, on_event=terminal, request=request)
        _show_summary(terminal, result)
    _ensure_assertions(result)


def _show_summary(terminal: Terminal, result: RunResult | Summary) -> None:
    """Of several runs the summary; a single one has shown its result."""
    from netspec.runner.uses.run_summary import Summary

    if isinstance(result, Summary):
        terminal.summary(result)


def _ensure_assertions(result: RunResult | Summary) -> None:
    """Raise NetspecError if an assertion on the results doesn't hold; by then everything is saved."""
    from netspec.runner.results import assertion_results
    from netspec.runner.uses.run_summary import Summary

    _refuse_failed(result.folder, result.assertions if isinstance(result, Summary) else assertion_results(result))


def _refuse_failed(folder: Path, assertions: Sequence[AssertionResult]) -> None:
    failed = tuple(f"{one.text}: {assertion_values(one)}" for one in assertions if not one.holds)
    if failed:
        raise NetspecError.of(AssertionsFailed(None, str(folder), failed, len(assertions)))


def _smoke(program: Program, device: str | None) -> None:
    from netspec.report.terminal import Terminal

    with Terminal(show_folder=False) as terminal:
        result = api.smoke(program, device=device, on_event=terminal)
    validation, test = ", validation" * bool(result.validation_values), ", test" * bool(result.test)
    show(f"all of it works: training{validation}{test}, checkpoint and report")


def _overfit(program: Program, batches: int, device: str | None) -> None:
    result = api.overfit(program, batches, device=device)
    losses = f"loss {decimal(result.first_loss)} to {decimal(result.last_loss)}"
    show(
        f"{counted(result.samples, 'sample')} in {counted(result.batches, 'batch')}: "
        f"known by heart after {counted(result.epochs, 'pass')}, {losses}"
    )


def _on_signal() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
