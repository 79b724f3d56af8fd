"""`netspec new`: start a spec from a template."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from netspec.cli.output import message, show
from netspec.diagnostics import did_you_mean
from netspec.files import create
from netspec.resources import resource
from netspec.wording import either


@click.command("new")
@click.argument("template", required=False)
@click.argument("file", required=False, type=click.Path(path_type=Path))
def command(template: str | None, file: Path | None) -> None:
    """Write a commented spec made from TEMPLATE to FILE, by default `<TEMPLATE>.net`; without TEMPLATE, list them.

    A file that is there is never written over.
    """
    known = templates()
    if template is None:
        show(_list(known))
        return
    if template not in known:
        nearest = did_you_mean(template, known)
        hint = f"Did you mean {nearest!r}?" if nearest else f"There are {either(list(known))}."
        raise click.UsageError(f"No template {template!r}. {hint}")
    path = file or Path(f"{template}.net")
    create(path, known[template].read_bytes(), "name another file")
    message(f"{path}: written; `netspec run {path}` trains it")


def templates() -> dict[str, Path]:
    """The templates by their names; the first line of each is a comment that describes it."""
    return {path.stem: path for path in sorted(resource("templates").glob("*.net"))}


def _list(known: dict[str, Path]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, path in known.items():
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        table.add_row(Text(name, "bold"), Text(first.removeprefix("# ")))
    return table
