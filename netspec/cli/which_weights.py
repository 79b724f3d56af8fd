"""`--weights`, for the verbs that ask a run's network."""

from __future__ import annotations

import click

HELP = "by default those that the run ends with: the best where its `stop` goes back to them, else the last"

weights_option = click.option("--weights", type=click.Choice(["best", "last"]), help=HELP)
