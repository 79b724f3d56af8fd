"""`netspec compress`: make the network of a run smaller and faster."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.cli.options import device_option, run_argument
from netspec.cli.output import message
from netspec.interruption import stop_on_signal


@click.command("compress")
@run_argument
@click.option(
    "--stages",
    metavar="STAGES",
    help='what to do, as the section `compress` would say it: "prune(50%) -> finetune(2 epochs) -> quantize(int8)"',
)
@click.option("--out", type=click.Path(path_type=Path), help="the folder of the stages; by default `stages` in RUN")
@device_option
def command(run: Path, stages: str | None, out: Path | None, device: str | None) -> None:
    """Prune, fine-tune and quantize the network of RUN, and show what each stage brings.

    Each stage is a run in a folder of its own, with a spec, weights and a report: netspec eval, predict, export and run
    take it as any other. RUN stays as it is. Sizes and times are measured, side by side. What was interrupted goes on
    with the same command. RUN is a run folder, or a spec, for its newest run; its section `compress` says the stages if
    --stages doesn't.
    """
    gc.enable()
    # torch is loaded only now
    from netspec.report.terminal import Terminal

    with Terminal(show_folder=False) as terminal, stop_on_signal(_on_signal) as request:
        records = api.compress(run, stages, out=out, device=device, on_event=terminal, request=request)
        terminal.compressed(records, out or run / "stages")


def _on_signal() -> None:
    message("ending after this step; press Ctrl-C again to end at once")
