"""Write the generated files anew, or with `--check` say which are stale."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netspec.generate import COMMAND, stale, write

ROOT = Path(__file__).parents[2]


@click.command(help="Write the generated files of this checkout anew.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is stale.")
def main(check: bool) -> None:
    found = stale(ROOT)
    for path, text in found.items():
        shown = path.relative_to(ROOT).as_posix()
        if check:
            click.echo(f"{shown} is stale; run `{COMMAND}`")
        else:
            write(path, text)
            click.echo(f"wrote {shown}")
    if check and found:
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name=COMMAND)
