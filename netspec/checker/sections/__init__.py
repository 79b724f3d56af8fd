"""Checks of single sections, each in the module of its name."""

from __future__ import annotations

from functools import cache
from importlib import import_module, util

from netspec.checker.context import Pass


@cache
def checks_of(section: str) -> tuple[Pass, ...]:
    """What a section's module checks as soon as the sections and the data are known: its `CHECKS`."""
    return _passes(section, "CHECKS")


@cache
def program_checks_of(section: str) -> tuple[Pass, ...]:
    """What a section's module checks of the whole program: its `PROGRAM_CHECKS`."""
    return _passes(section, "PROGRAM_CHECKS")


def _passes(section: str, name: str) -> tuple[Pass, ...]:
    module = f"{__name__}.{section}"
    return getattr(import_module(module), name, ()) if util.find_spec(module) is not None else ()
