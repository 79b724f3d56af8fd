"""Runs of specs in tests: `api.run` and `api.resume` where one run, or where several, are known to come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec import api
from netspec.api import Spec
from netspec.runner.events import RunResult
from netspec.runner.uses.run_summary import Summary


def run_one(spec: Spec, **settings: Any) -> RunResult:
    return _one(api.run(spec, **settings))


def resume_one(folder: str | Path, **settings: Any) -> RunResult:
    return _one(api.resume(folder, **settings))


def run_several(spec: Spec, **settings: Any) -> Summary:
    return _several(api.run(spec, **settings))


def resume_several(folder: str | Path, **settings: Any) -> Summary:
    return _several(api.resume(folder, **settings))


def _one(result: RunResult | Summary) -> RunResult:
    assert isinstance(result, RunResult)
    return result


def _several(result: RunResult | Summary) -> Summary:
    assert isinstance(result, Summary)
    return result
