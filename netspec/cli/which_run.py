"""Which run is meant: by its folder, by the spec whose newest it is, or the newest of all."""

from __future__ import annotations

from pathlib import Path

from netspec.problems import NetspecError
from netspec.problems.running import NoRun
from netspec.program.naming import all_runs, name_of, runs_in, runs_of


def run_of(path: Path | None) -> Path:
    """The folder of the run. Raises NetspecError where a spec has none."""
    if path is None:
        runs, where = all_runs(), "runs"
    elif path.suffix in (".net", ".json"):
        runs, where = runs_in(runs_of(name_of(path))), str(runs_of(name_of(path)))
    else:
        return path
    if not runs:
        raise NetspecError.of(NoRun(None, where, "there is no run in it"))
    return runs[-1]
