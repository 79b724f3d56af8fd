"""`netspec why`: show where a value comes from."""

from __future__ import annotations

from pathlib import Path

import click

from netspec import api
from netspec.checker.names.vocabulary import meant
from netspec.cli.options import spec_argument
from netspec.cli.output import message, show
from netspec.render.why import paths, render_why


@click.command("why")
@spec_argument
@click.argument("path")
def command(spec: Path, path: str) -> int:
    """Say where the value at PATH in SPEC comes from: `train.optimizer.lr`; or what a layer is: `fc1`.

    A value is written, with its place and what it took the place of; inferred, with the reason; or its default. Ends
    with 1 if there is nothing of that name.
    """
    program = api.check(spec)
    found = render_why(program, path)
    if found is None:
        known = paths(program)
        whole = next((name for name in known if name.endswith(f".{path}")), None)
        nearest = whole or meant(path, [*known, *(name.removeprefix("model.") for name in known)])
        hint = f"; did you mean `{nearest}`?" if nearest else "; `netspec plan` lists the settings and the layers"
        message(f"there is no `{path}` in {spec}{hint}")
        return 1
    found.rstrip()
    show(found)
    return 0
