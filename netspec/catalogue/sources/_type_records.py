"""Types of large files, kept so that the next check needn't read the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.types import DataField, DataType, Reading
from netspec.formats.columns import Remark
from netspec.formats.errors import DataError
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
        return _from_json(recall(KIND, *question))
    except (ValueError, TypeError, KeyError):
        return None


def keep_type(source: DataSource, files: tuple[Path, ...], folders: DataFolders, type: DataType) -> DataType:
    """The type again, which is kept if the files are large."""
    if (question := _question(source, files, folders)) is not None:
        keep(KIND, *question, _to_json(type))
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


def _to_json(type: DataType) -> dict[str, Any]:
    gaps = [None if field.gap is None else field.gap.to_json() for field in type.fields]
    return {
        "type": type.to_json(),
        "gaps": gaps,
        "reading": None if type.reading is None else type.reading.to_json(),
        "remarks": [list(remark) for remark in type.remarks],
    }


def _from_json(data: Any) -> DataType | None:
    """The type again. Raises ValueError, TypeError or KeyError if the data isn't that of one."""
    if data is None:
        return None
    found = DataType.from_json(data["type"])
    gaps = [None if gap is None else DataError.from_json(gap) for gap in data["gaps"]]
    fields = [DataField(one.type, one.name, gap=gap) for one, gap in zip(found.fields, gaps, strict=True)]
    train, test, validation = found.counts
    return DataType(
        tuple(fields),
        found.target,
        train=train,
        test=test,
        validation=validation,
        reading=None if data["reading"] is None else Reading.from_json(data["reading"]),
        remarks=tuple(Remark(*remark) for remark in data["remarks"]),
    )
