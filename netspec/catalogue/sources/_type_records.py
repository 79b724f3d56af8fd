"""Types of large files, kept so that the next check needn't read the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.types import DataType
from netspec.formats.files import may_be_quoted
from netspec.formats.stamps import State, keep, recall, states

KIND = "types"
SMALLEST = 2**20
"""The bytes of files from which on their type is kept; smaller ones are read as fast."""


def kept_type(source: DataSource, files: tuple[Path, ...], folders: DataFolders) -> DataType | None:
    """The type that was found when the files were as they are now; None if there is none."""
    if (question := _question(source, files, folders)) is None:
        return None
    try:
        kept = recall(KIND, *question)
        return None if kept is None else DataType.from_json(kept, complete=True)
    except (ValueError, TypeError, KeyError):
        return None


def keep_type(source: DataSource, files: tuple[Path, ...], folders: DataFolders, type: DataType) -> DataType:
    """The type again, which is kept if the files are large."""
    if (question := _question(source, files, folders)) is not None:
        keep(KIND, *question, type.to_json(complete=True))
    return type


def _question(
    source: DataSource, files: tuple[Path, ...], folders: DataFolders
) -> tuple[list[Any], list[State]] | None:
    """What the type of some files follows from."""
    found = states(files)
    if found is None or sum(size for _, size, *_ in found) < SMALLEST:
        return None
    # messages may show what is in files beside the spec alone
    prefers = None if folders.prefers is None else folders.prefers.name()
    # `repr` names the entries in it too: `class("quality")` is another source than `number("quality")`
    return [repr(source), prefers, may_be_quoted(files, folders.spec)], found
