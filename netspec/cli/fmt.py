"""`netspec fmt`: specs in the one layout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from io import StringIO
from pathlib import Path

import click

from netspec.cli.forms import text_of, tree_of
from netspec.cli.output import complain, message, write
from netspec.files import rewrite
from netspec.lang.read import is_json
from netspec.lang.source_file import decode, read_bytes
from netspec.problems import NetspecError
from netspec.render.words import clean, reveal
from netspec.source import Source

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
            complain(error)
            exit_code = max(exit_code, error.exit_code)
            continue
        if check and not in_format:
            message(f"{path} isn't in the format")
            exit_code = max(exit_code, 1)
    return exit_code


def _format(path: Path, check: bool, diff: bool, shapes: bool) -> bool:
    """Lay a spec out, or show what that would change; says whether it was in the format before."""
    before = sys.stdin.buffer.read() if path == STDIN else read_bytes(path)
    source = decode(before, str(path), None if path == STDIN else path)
    after = (layout_with_shapes(source) if shapes else layout(source)).encode()
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


def layout(source: Source) -> str:
    """A spec's text in the one layout; raises NetspecError if it can't be parsed."""
    return text_of(tree_of(source), as_json=is_json(source))


def layout_with_shapes(source: Source) -> str:
    """A spec's text with the shapes behind the lines of its network; raises NetspecError if something is wrong."""
    from netspec.checker import check_source
    from netspec.lang.shape_notes import with_shapes

    checked = check_source(source)
    sizes = {span: shape.dims for span, shape in checked.require().lines.items()}
    return text_of(with_shapes(checked.tree, sizes), as_json=is_json(source))


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    name = clean(name)
    old, new = (list(StringIO(text, newline="\n")) for text in (before, after))
    for line in unified_diff(old, new, name, f"{name} (formatted)"):
        yield line if line.endswith("\n") else f"{line}\n\\ no newline at the end of the file\n"
