"""`netspec graph`: draw the network of a spec."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from netspec.cli.checked_spec import checked_program
from netspec.cli.options import force_option, format_option, out_option, overridable, spec_argument
from netspec.cli.output import show, write, write_file
from netspec.program.program import Program
from netspec.render.graph_boxes import Boxes, TooLarge, boxes_of
from netspec.render.words import count

SUFFIXES = {".svg": "svg", ".mmd": "mermaid", ".md": "mermaid"}


@click.command("graph")
@spec_argument
@format_option(
    "text",
    "svg",
    "mermaid",
    help="for a terminal, a page or Markdown; by default what the name of OUT says, else text",
    default=None,
)
@out_option("the file to write; by default standard output")
@force_option
@overridable
def command(spec: Path, form: str | None, out: Path | None, force: bool, overrides: dict[str, str]) -> None:
    """Draw the network of SPEC: its operations with their shapes and parameters, and where each value goes."""
    program = checked_program(spec, overrides)
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
