"""Samples in files of the user, for a trained network to predict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netspec.catalogue.sources import InputSample
from netspec.formats.errors import DataError
from netspec.formats.folder_tree import is_hidden
from netspec.formats.images import SUFFIXES
from netspec.program.program import Program


def read_inputs(program: Program, paths: Sequence[Path], *, resize: bool, id: str | None = None) -> list[InputSample]:
    """The samples of files and folders; `id` is the column that identifies the rows of a table. Raises DataError."""
    files, (field, *others) = expand(paths), program.type.fields
    if others:
        raise DataError("malformed", f"this network takes {program.type}: no files of that kind can be read")
    if not field.type.pictured and (image := next((path for path in files if _is_image(Path(path.name))), None)):
        raise DataError("malformed", f"`{image}` is an image, but this network takes {field}", path=image)
    fills = any(step.fills for step in program.data.transform)
    return list(program.assumed.read_files(field.type, files, resize=resize, fills=fills, id=id))


def read_image(program: Program, path: Path, *, resize: bool) -> InputSample:
    """An image as a sample of a network that takes one. Raises DataError."""
    field, *others = program.type.fields
    if others or not field.type.pictured:
        raise DataError("malformed", f"`{path}` can't be shown: the data is {program.type}, and no image", path=path)
    return next(iter(program.assumed.read_files(field.type, [path], resize=resize, fills=False)))


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files, and those of folders, in the order of their names. Raises DataError where there is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inner = sorted(item for item in path.rglob("*") if _is_image(item.relative_to(path)) and item.is_file())
            if not inner:
                raise DataError("missing", f"there is no image in `{path}`", path=path)
            found += inner
        else:
            found.append(path)
    return found


def _is_image(path: Path) -> bool:
    """Whether a file of that path in a folder is an image by its name, and no part of it is hidden."""
    return path.suffix.lower() in SUFFIXES and not any(map(is_hidden, path.parts))
