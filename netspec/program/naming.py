"""What a spec is called, and the folder of its runs."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex
from time import localtime, strftime

from netspec.source import Source

RUNS = Path("runs")
RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
"""The name of a run's folder: when it began, and a mark of its own."""
STUDY = re.compile(r"study-\d{8}-\d{6}-[0-9a-f]{6}")
"""The name of the folder of a study, which lies among the runs of its spec."""


def spec_name(source: Source) -> str:
    """The name of the spec's file without `.net`, `.json` or `.net.json`."""
    return name_of(source.path or Path())


def name_of(path: Path) -> str:
    """The name of a spec by its path."""
    return path.name.removesuffix(".json").removesuffix(".net") or "spec"


def as_file_name(name: str) -> str:
    """A spec's name as the name of a folder: no separators, no leading dot, not too long, not empty."""
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".-")[:80] or "spec"


def runs_of(name: str) -> Path:
    """The folder of all runs of a spec, under the current folder."""
    return RUNS / as_file_name(name)


def runs_in(folder: Path) -> list[Path]:
    """The runs of a spec in the folder of them, the oldest first: their names begin with the time."""
    return sorted(path for path in _folders_in(folder) if RUN.fullmatch(path.name))


def all_runs() -> list[Path]:
    """The runs of all specs under the current folder, the oldest first."""
    return sorted((run for folder in _folders_in(RUNS) for run in runs_in(folder)), key=lambda run: run.name)


def studies_in(folder: Path) -> list[Path]:
    """The studies of a spec in the folder of its runs, the oldest first."""
    return sorted(path for path in _folders_in(folder) if STUDY.fullmatch(path.name))


def all_studies() -> list[Path]:
    """The studies of all specs under the current folder, the oldest first."""
    return sorted((one for folder in _folders_in(RUNS) for one in studies_in(folder)), key=lambda one: one.name)


def mark_of_now() -> str:
    """The name of a folder that begins now: `20250131-120000-a1b2c3`."""
    return f"{strftime('%Y%m%d-%H%M%S', localtime())}-{token_hex(3)}"


def _folders_in(folder: Path) -> list[Path]:
    """The folders in a folder; none in one that is closed to us."""
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
