"""`netspec eval`: judge the weights of a run."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec.cli.output import console, show_json
from netspec.cli.which_weights import weights_option


@click.command("eval")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["test", "validation"]), default="test", help="what to judge on")
@weights_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text or JSON")
def command(run: Path, split: str, weights: str | None, form: str) -> int:
    """Judge the network of RUN on a split of its data, with the weights that the run ended with.

    The folder of the run is enough: it has the spec. The data is loaded from where the spec says, and has to be what
    the run had.
    """
    gc.enable()
    from netspec.report.terminal import Terminal
    from netspec.runner.store.record import evaluation_record
    from netspec.runner.uses.saved_run import SavedRun

    saved = SavedRun.of(run, weights)
    evaluation = saved.evaluate(split)
    if evaluation is None:
        raise click.BadParameter(f"the data has no {split} split.", param_hint="'--split'")
    if form == "json":
        show_json({"run": str(run), "weights": str(saved.moment), "split": split, **evaluation_record(evaluation)})
        return 0
    console().print(f"{run}, weights after {saved.moment}", markup=False)
    Terminal().evaluation(evaluation)
    return 0
