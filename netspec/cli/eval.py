"""`netspec eval`: evaluate the weights of a run."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.api.saved_runs import SplitName, Weights
from netspec.cli.options import format_option, run_argument, weights_option
from netspec.cli.output import console, show_json


@click.command("eval")
@run_argument
@click.option(
    "--split", type=click.Choice(["test", "validation", "train"]), default="test", help="split to evaluate on"
)
@weights_option
@format_option()
def command(run: Path, split: SplitName, weights: Weights | None, form: str) -> int:
    """Evaluate the network of RUN on a split of its data, with the weights that the run ended with.

    RUN is a run folder, which contains the spec, or a spec, for its newest run. The data is loaded from where the spec
    says, and has to be that of the run. The training split is evaluated as the others are, without augmentation.
    """
    gc.enable()
    found = api.evaluate(run, split, weights)
    if found is None:
        raise click.BadParameter(f"the data has no {split} split.", param_hint="'--split'")
    from netspec.report.terminal import Terminal
    from netspec.runner.store.record import evaluation_record

    if form == "json":
        record = evaluation_record(found.evaluation)
        show_json({"run": str(run), "weights": str(found.moment), "split": split, **record})
        return 0
    console().print(f"{run}, weights after {found.moment}", markup=False)
    Terminal().evaluation(found.evaluation)
    return 0
