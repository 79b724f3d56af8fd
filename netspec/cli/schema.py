"""`netspec schema`: print the JSON Schema of the JSON syntax."""

from __future__ import annotations

import sys

import click

from netspec.resources import resource


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the JSON form, for editors and for programs that write specs."""
    sys.stdout.write(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
