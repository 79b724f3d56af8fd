"""`--set NAME=VALUE`: other values for a spec's params."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def overridable(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that takes `--set`, as the argument `overrides`: texts by the names of params."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_read,
        help="another value for a param, as the spec would write it; may be given several times",
    )(command)


def _read(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"`{text}` isn't of the form NAME=VALUE.")
        if name.strip() in found:
            raise click.BadParameter(f"`{name.strip()}` is set twice.")
        found[name.strip()] = value.strip()
    return found
