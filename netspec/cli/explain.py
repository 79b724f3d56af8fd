"""`netspec explain`: show the documentation of a problem."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from netspec.cli.output import show
from netspec.diagnostics import did_you_mean
from netspec.problems import Problem, all_problems, find_problem


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the problem with that CODE; without one, list them all."""
    if code is None:
        show(_list())
        return
    problem = find_problem(code)
    if problem is None:
        nearest = did_you_mean(code.upper(), all_problems())
        hint = f" Did you mean {nearest}?" if nearest else ""
        raise click.UsageError(f"No problem has the code {code!r}.{hint} `netspec explain` lists them all.")
    show(_page(problem))


def _list() -> Table:
    table = Table.grid(padding=(0, 2))
    for code, problem in all_problems().items():
        table.add_row(Text(code, "bold"), Text(problem.title()))
    return table


def _page(problem: type[Problem]) -> Text:
    """The code, the title and the explanation, and an example that is wrong and one that is right."""
    _, _, rest = problem.explanation().partition("\n")
    page = Text.assemble((f"{problem.code}: {problem.title()}", "bold"))
    if rest.strip():
        page.append(f"\n\n{rest.strip()}")
    if problem.example is not None:
        for word, style, text in (
            ("wrong", "bold red", problem.example.wrong),
            ("right", "bold green", problem.example.right),
        ):
            page.append(f"\n\n{word}:\n", style)
            page.append("\n".join(f"  {line}" for line in text.splitlines()))
    return page
