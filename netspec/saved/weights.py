"""Which checkpoint of a run holds its weights, and their digest, without reading them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netspec.catalogue.entry import as_text
from netspec.formats.confined import is_folder_of, read_json
from netspec.formats.run_weights import CHECKPOINTS, INDEX, MANIFEST, MODEL
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.saved.moment import Moment
from netspec.saved.spec import no_run


@dataclass(frozen=True, slots=True)
class SavedWeights:
    """The checkpoint of some weights of a run, and the SHA-256 of their file."""

    checkpoint: Path
    digest: str

    @classmethod
    def of(cls, folder: Path, program: Program, which: str | None = None) -> SavedWeights:
        """The `best` or the `last` weights of a run, by default its final ones. Raises NetspecError if it has none."""
        checkpoint = chosen_checkpoint(folder, program, which)
        try:
            record: dict[str, Any] = read_json(checkpoint / MANIFEST, folder)["files"][MODEL]
            return cls(checkpoint, as_text(record["sha256"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise no_run(folder, f"`{checkpoint.name}` has no {MANIFEST} that can be read") from error


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


def find_run(folder: str, beside: Path) -> Path:
    """The folder of a run that a spec names: beside the spec, else below the current folder. Raises NetspecError."""
    places = (beside / folder, Path(folder))
    for place in places:
        if place.is_dir():
            return place.resolve()
    looked = " nor ".join(dict.fromkeys(f"`{place.resolve()}`" for place in places))
    raise no_run(Path(folder), f"there is no folder {looked}")
