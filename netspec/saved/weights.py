"""Which checkpoint of a run holds its weights, without reading them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.formats.confined import is_folder_of, read_json
from netspec.formats.run_weights import CHECKPOINTS, INDEX
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.saved.moment import Moment
from netspec.saved.spec import no_run


def chosen_checkpoint(folder: Path, program: Program, which: str | None = None) -> Path:
    """The checkpoint with the `best` or the `last` weights of a run, by default with its final ones: the best if its
    `stop` restores them, else the last. Raises NetspecError if there is none."""
    if which is None:
        stop = program.train.stop
        which = "best" if stop is not None and stop.restores() else "last"
    checkpoints = folder / CHECKPOINTS
    found = in_order(checkpoints)
    if not found:
        parts = parts_of(program)
        several = f"it is that of {len(parts)} runs, as `{folder / parts[0].name}`" if parts else None
        raise no_run(folder, several or "no checkpoint was saved")
    try:
        index: dict[str, Any] = read_json(checkpoints / INDEX, folder)
        name = str(index.get(which) or index["last"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        name = found[-1].name
    path = checkpoints / name
    return path if Moment.named(name) is not None and path.is_dir() else found[-1]


def in_order(folder: Path) -> list[Path]:
    """The checkpoints of a folder in that of a run, the oldest first."""
    if not is_folder_of(folder, folder.parent):
        return []
    return sorted((path for path in folder.iterdir() if Moment.named(path.name)), key=_moment)


def _moment(path: Path) -> Moment:
    moment = Moment.named(path.name)
    assert moment is not None
    return moment
