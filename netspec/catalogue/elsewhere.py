"""Names that other libraries and newcomers use and netspec lacks, each with what to do instead."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from netspec.diagnostics import plain
from netspec.resources import resource

ANYWHERE = "anywhere"


def instead(name: str, *places: str, elsewhere: bool = True) -> str | None:
    """What to do instead of something that isn't there, in words. `places` are kinds of entries, sections and fields
    with a table of their own; with `elsewhere` it may be what has no place in a spec at all."""
    key = plain(name.rpartition(".")[2])
    found = next(filter(None, (_table(place).get(key) for place in places)), None)
    return found or ((_table(ANYWHERE).get(key) or _left_out(key)) if elsewhere else None)


@cache
def _table(place: str) -> dict[str, str]:
    rows = _toml("elsewhere.toml").get(place, {})
    return {plain(name): words for names, words in rows.items() for name in names.split()}


@cache
def _reasons() -> tuple[tuple[str, str], ...]:
    """The patterns of the classes of torch and torchvision that have no entry, and why."""
    groups = _toml("left_out.toml")["group"]
    return tuple((plain(name.rpartition(".")[2]), group["reason"]) for group in groups for name in group["names"])


def _toml(name: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(resource("catalogue", name).read_text(encoding="utf-8"))


def _left_out(key: str) -> str | None:
    # `Lazy*` and `Clamp*` would match what has nothing to do with them
    found = (reason for name, reason in _reasons() if fnmatchcase(key, name) and len(key) > len(name.rstrip("*")) - 1)
    reason = next(found, None)
    return f"not available: {reason}" if reason else None
