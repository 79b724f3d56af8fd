"""`netspec convert`: a spec in the other form."""

from __future__ import annotations

from pathlib import Path

import click

from netspec.cli.forms import text_of, tree_of
from netspec.cli.output import write, write_file
from netspec.lang.read import is_json
from netspec.lang.source_file import read_source


@click.command("convert")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="the file to write; by default standard output")
@click.option("--force", is_flag=True, help="write over a file that is there")
def command(spec: Path, out: Path | None, force: bool) -> None:
    """Say SPEC in the other form: a `.net` file as JSON, a JSON file as `.net`, comments included."""
    source = read_source(spec)
    to_json = not is_json(source)
    if out is not None and to_json != (out.suffix == ".json"):
        raise click.BadParameter(f"the other form of {spec} ends in {'.json' if to_json else '.net'}.", param_hint="-o")
    content = text_of(tree_of(source), as_json=to_json).encode()
    if out is None:
        write(content)
    else:
        write_file(out, content, force=force)
