"""`netspec lr-find`: find a learning rate."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, force_option, format_option, overridable, spec_argument
from netspec.cli.output import message, show, show_json, write_file

POSITIVE = click.FloatRange(min=0, min_open=True, max=1e6)


@click.command("lr-find")
@spec_argument
@click.option("--from", "first", type=POSITIVE, default=1e-6, show_default=True, help="the first learning rate")
@click.option("--to", "last", type=POSITIVE, default=10.0, show_default=True, help="the last one")
@click.option("--steps", type=click.IntRange(10, 100_000), default=100, show_default=True, help="how many are tried")
@click.option("--plot", "picture", type=click.Path(path_type=Path), help="the PNG to draw the curve in")
@force_option
@device_option
@format_option()
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
    program = checked_program(spec, overrides)
    gc.enable()
    found = api.lr_find(program, first, last, steps, device=device)
    if found is None:
        optimizer = program.train.optimizer.name()
        message(f"the steps of `{optimizer}` don't follow the learning rate: there is nothing to find")
        return 1
    from netspec.report.lr_finder import lr_finder_as_json, plot, render_lr_finder

    if form == "json":
        show_json(lr_finder_as_json(found))
    elif found.steps:
        show(render_lr_finder(found))
    if len(found.steps) < 2:
        message(f"the training diverges at once: try less than --from {first:g}")
    elif picture is not None:
        from netspec.report.charts.style import png

        write_file(picture, png(plot(found)), force=force)
        message(f"the curve: {picture}")
    return 0 if found.optimizer is not None else 1
