"""`netspec graph`: the network, drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.text import Text

from netspec.checker import check_file
from netspec.cli.output import show, show_diagnostics, without_notes, write, write_file
from netspec.cli.overrides import overridable
from netspec.program.program import Program
from netspec.render.graph_boxes import Boxes, TooLarge, boxes_of
from netspec.render.words import count

SUFFIXES = {".svg": "svg", ".mmd": "mermaid", ".md": "mermaid"}


@click.command("graph")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "svg", "mermaid"]),
    help="for a terminal, a page or Markdown; by default what the name of OUT says, else text",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="the file to write; by default standard output")
@click.option("--force", is_flag=True, help="write over a file that is there")
@overridable
def command(spec: Path, form: str | None, out: Path | None, force: bool, overrides: dict[str, str]) -> None:
    """Draw the network of SPEC: its operations with their shapes and parameters, and where each value goes."""
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    form = form or SUFFIXES.get(out.suffix if out else "", "text")
    boxes = boxes_of(program.graph)
    try:
        drawn = _drawn(program, boxes, form)
    except TooLarge:
        raise click.UsageError("The network is too large for that; `--format mermaid` takes any.") from None
    if out is not None:
        write_file(out, f"{drawn}\n".encode(), force=force)
    elif isinstance(drawn, Text):
        show(drawn)
    else:
        write(f"{drawn}\n".encode())


def _drawn(program: Program, boxes: Boxes, form: str) -> str | Text:
    match form:
        case "svg":
            from netspec.render.graph_svg import svg

            return svg(boxes, f"{program.name}: {count(program.graph.parameter_count)} parameters")
        case "mermaid":
            from netspec.render.graph_mermaid import mermaid

            return mermaid(boxes)
        case _:
            from netspec.render.graph_text import render_graph

            return render_graph(boxes)
