"""`netspec fmt`: specs in the one layout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

import click

from netspec.cli.output import complain, message
from netspec.lang.printer import format_text
from netspec.lang.read import is_json, read_tree
from netspec.lang.reading import decode, read_source
from netspec.problems import NetspecError, Problems
from netspec.source import Source

STDIN = Path("-")


@click.command("fmt")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="write nothing; end with 1 if a spec isn't in the format")
@click.option("--diff", is_flag=True, help="write nothing; show what would change")
def command(specs: Sequence[Path], check: bool, diff: bool) -> int:
    """Lay SPECS out in the one format, in place; `-` reads standard input and writes standard output.

    A spec that can't be parsed is left as it is.
    """
    exit_code = 0
    for path in specs:
        try:
            source = decode(sys.stdin.buffer.read(), "-") if path == STDIN else read_source(path)
            formatted = layout(source)
        except NetspecError as error:
            complain(error)
            exit_code = max(exit_code, error.exit_code)
            continue
        changed = formatted != source.text
        if diff:
            sys.stdout.writelines(_diff(source, formatted))
        elif path == STDIN and not check:
            sys.stdout.write(formatted)
        elif changed and not check:
            path.write_text(formatted, encoding="utf-8", newline="\n")
        if changed and check:
            message(f"{path} isn't in the format")
            exit_code = max(exit_code, 1)
    return exit_code


def layout(source: Source) -> str:
    """A spec's text in the one layout; raises NetspecError if it can't be parsed."""
    problems = Problems()
    tree = read_tree(source, problems)
    if problems.fatal:
        raise NetspecError(problems.diagnose())
    if is_json(source):
        from netspec.lang.to_json import to_json

        return to_json(tree)
    return format_text(tree)


def _diff(source: Source, formatted: str) -> list[str]:
    before, after = source.text.splitlines(keepends=True), formatted.splitlines(keepends=True)
    lines = unified_diff(before, after, source.name, f"{source.name} (formatted)")
    return [line if line.endswith("\n") else f"{line}\n\\ no newline at the end of the file\n" for line in lines]
