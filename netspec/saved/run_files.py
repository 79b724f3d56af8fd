"""The files that a run writes into its folder, and what is in their way. `formats.confined` reads them."""

from __future__ import annotations

from pathlib import Path

from netspec.files import sweep
from netspec.problems.base import NetspecError
from netspec.problems.running import FolderNotWritable

STAGES = "stages"
"""The folder of a run with the runs of its stages."""
FOLDERS = (STAGES, "checkpoints", "export", "plots", "tensorboard", "mlflow")
FILES = (
    "teachers.json",
    "weights.json",
    "spec.json",
    "plan.json",
    "metrics.jsonl",
    "metrics.csv",
    "run.json",
    "report.html",
)
"""The folders and the files that a run writes."""
AWAY = "a run is written to its own folder alone: remove what is in the way"


def ensure_own(folder: Path) -> None:
    """Refuse to write to a run folder that has links, which may lead out of it, or folders in the place of its files.
    Raises NetspecError."""
    for item in sorted(folder.iterdir()):
        if item.is_symlink():
            raise NetspecError.of(FolderNotWritable(None, str(item), "it is a link", AWAY))
        if item.name in FILES and item.is_dir():
            raise NetspecError.of(FolderNotWritable(None, str(item), "it is a folder", AWAY))
        if item.name in FOLDERS and not item.is_dir():
            raise NetspecError.of(FolderNotWritable(None, str(item), "it isn't a folder", AWAY))


def sweep_run(folder: Path) -> None:
    """Remove what processes that were killed left half-written in a run folder."""
    for swept in (folder, *(folder / name for name in FOLDERS)):
        sweep(swept)
