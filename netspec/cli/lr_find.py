"""`netspec lr-find`: try learning rates from small to large, and say which one to begin with."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from netspec.checker import check_file
from netspec.cli.output import message, show, show_diagnostics, show_json, without_notes, write_file
from netspec.cli.overrides import overridable

POSITIVE = click.FloatRange(min=0, min_open=True, max=1e6)


@click.command("lr-find")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--from", "first", type=POSITIVE, default=1e-6, show_default=True, help="the first learning rate")
@click.option("--to", "last", type=POSITIVE, default=10.0, show_default=True, help="the last one")
@click.option("--steps", type=click.IntRange(10, 100_000), default=100, show_default=True, help="how many are tried")
@click.option("--plot", "picture", type=click.Path(path_type=Path), help="the PNG to draw the curve in")
@click.option("--force", is_flag=True, help="write over a file that is there")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "xpu", "cpu"]), help="where to compute")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
@overridable
def command(
    spec: Path,
    first: float,
    last: float,
    steps: int,
    picture: Path | None,
    force: bool,
    device: str | None,
    form: str,
    overrides: dict[str, str],
) -> int:
    """Train the network of SPEC while the learning rate grows from step to step, and look at the loss.

    Everything else is as in a run: the first weights, the batches, the optimizer, and the ratios between its groups.
    It ends where the training diverges. Nothing of it is kept, and with the same seed it is the same each time.
    """
    if first >= last:
        raise click.UsageError(f"--from {first:g} isn't below --to {last:g}.")
    if picture is not None and picture.suffix.lower() != ".png":
        raise click.UsageError(f"--plot writes a PNG, and {picture} isn't called one.")
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    optimizer = program.train.optimizer
    if not optimizer.follows_lr:
        message(f"the steps of `{optimizer.name()}` don't follow the learning rate: there is nothing to find")
        return 1
    gc.enable()
    from netspec.report.lr_finder import lr_finder_as_json, plot, render_lr_finder
    from netspec.runner.machine.device import choose
    from netspec.runner.uses.lr_finder import find_lr

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    found = find_lr(program, chosen, first, last, steps)
    if form == "json":
        show_json(lr_finder_as_json(found))
    elif found.tried:
        show(render_lr_finder(found))
    if len(found.tried) < 2:
        message(f"the training diverges at once: try less than --from {first:g}")
    elif picture is not None:
        from netspec.report.charts.style import png

        write_file(picture, png(plot(found)), force=force)
        message(f"the curve: {picture}")
    return 0 if found.optimizer is not None else 1
