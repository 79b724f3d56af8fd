"""netspec: declare a network and its training in a small file; check it, plan it, run it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netspec.api import build, check, overfit, resume, run, smoke
    from netspec.diagnostics import Diagnostic
    from netspec.problems import NetspecError
    from netspec.program.program import Program
    from netspec.runner.events import RunResult
    from netspec.runner.uses.run_summary import Summary

__all__ = [
    "Diagnostic",
    "NetspecError",
    "Program",
    "RunResult",
    "Summary",
    "build",
    "check",
    "overfit",
    "resume",
    "run",
    "smoke",
]

_HOMES = {
    "build": "netspec.api",
    "check": "netspec.api",
    "overfit": "netspec.api",
    "resume": "netspec.api",
    "run": "netspec.api",
    "smoke": "netspec.api",
    "Diagnostic": "netspec.diagnostics",
    "NetspecError": "netspec.problems",
    "Program": "netspec.program.program",
    "RunResult": "netspec.runner.events",
    "Summary": "netspec.runner.uses.run_summary",
}


def __getattr__(name: str) -> Any:
    # found when first used, so that `import netspec` costs nothing and never loads torch
    if name == "__version__":
        from importlib.metadata import version

        return version("netspec-lang")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'netspec' has no attribute {name!r}")
