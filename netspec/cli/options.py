"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

spec_argument = click.argument("spec", type=click.Path(path_type=Path))
force_option = click.option("--force", is_flag=True, help="write over a file that is there")
device_option = click.option(
    "--device", type=click.Choice(["auto", "cuda", "mps", "xpu", "cpu"]), help="where to compute"
)
weights_option = click.option(
    "--weights",
    type=click.Choice(["best", "last"]),
    help="by default those that the run ends with: the best where its `stop` goes back to them, else the last",
)


def _find_run(context: click.Context, argument: click.Parameter, path: Path) -> Path:
    from netspec.api.saved_runs import find_run

    return find_run(path)


run_argument = click.argument("run", type=click.Path(path_type=Path), callback=_find_run)
"""The folder of a run, or a spec, which stands for its newest run."""


def format_option(
    *formats: str, help: str = "text or JSON", default: str | None = "text"
) -> Callable[[Command], Command]:
    """`--format`, as the argument `form`: text or JSON, or other formats."""
    choice = click.Choice(formats or ("text", "json"))
    return click.option("--format", "form", type=choice, default=default, help=help)


def out_option(help: str) -> Callable[[Command], Command]:
    """`-o` or `--out`: the file to write."""
    return click.option("-o", "--out", type=click.Path(path_type=Path), help=help)


def overridable(command: Command) -> Command:
    """`--set NAME=VALUE`, as the argument `overrides`: values for params by their names."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_read_overrides,
        help="another value for a param, as the spec would write it; may be given several times",
    )(command)


def _read_overrides(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"`{text}` isn't of the form NAME=VALUE.")
        if name.strip() in found:
            raise click.BadParameter(f"`{name.strip()}` is set twice.")
        found[name.strip()] = value.strip()
    return found
