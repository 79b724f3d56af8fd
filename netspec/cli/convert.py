"""`netspec convert`: convert a spec to the other syntax."""

from __future__ import annotations

from pathlib import Path

import click

from netspec import api
from netspec.cli.options import force_option, out_option, spec_argument
from netspec.cli.output import write, write_file
from netspec.lang.read import is_json
from netspec.lang.source_file import read_source


@click.command("convert")
@spec_argument
@out_option("the file to write; by default standard output")
@force_option
def command(spec: Path, out: Path | None, force: bool) -> None:
    """Say SPEC in the other form: a `.net` file as JSON, a JSON file as `.net`, comments included."""
    source = read_source(spec)
    suffix = ".net" if is_json(source) else ".json"
    if out is not None and (suffix == ".json") != (out.suffix == ".json"):
        raise click.BadParameter(f"the other form of {spec} ends in {suffix}.", param_hint="-o")
    content = api.convert(source).encode()
    if out is None:
        write(content)
    else:
        write_file(out, content, force=force)
