"""`netspec fmt`: format specs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from io import StringIO
from pathlib import Path

import click

from netspec import api
from netspec.cli.output import message, show_error, write
from netspec.files import rewrite
from netspec.lang.source_file import decode, read_bytes
from netspec.problems import NetspecError
from netspec.render.words import clean, reveal

STDIN = Path("-")


@click.command("fmt")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="write nothing; end with 1 if a spec isn't in the format")
@click.option("--diff", is_flag=True, help="write nothing; show what would change")
@click.option("--shapes", is_flag=True, help="write behind each line of a network the shape that comes out of it")
def command(specs: Sequence[Path], check: bool, diff: bool, shapes: bool) -> int:
    """Lay SPECS out in the one format, in place; `-` reads standard input and writes standard output.

    A spec that can't be parsed is left as it is.
    """
    exit_code = 0
    for path in specs:
        try:
            in_format = _format(path, check, diff, shapes)
        except NetspecError as error:
            show_error(error)
            exit_code = max(exit_code, error.exit_code)
            continue
        if check and not in_format:
            message(f"{path} isn't in the format")
            exit_code = max(exit_code, 1)
    return exit_code


def _format(path: Path, check: bool, diff: bool, shapes: bool) -> bool:
    """Format a spec, or show what that would change; returns whether it was in the format before."""
    before = sys.stdin.buffer.read() if path == STDIN else read_bytes(path)
    after = api.fmt(decode(before, str(path), None if path == STDIN else path), shapes=shapes).encode()
    if diff:
        text = "".join(_diff(str(path), before.decode(), after.decode()))
        write((reveal(text) if sys.stdout.isatty() else text).encode())
    elif check:
        pass
    elif path == STDIN:
        write(after)
    elif before != after:
        rewrite(path, after)
    return before == after


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    name = clean(name)
    old, new = (list(StringIO(text, newline="\n")) for text in (before, after))
    for line in unified_diff(old, new, name, f"{name} (formatted)"):
        yield line if line.endswith("\n") else f"{line}\n\\ no newline at the end of the file\n"
