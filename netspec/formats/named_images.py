"""Image files that the rows of a table name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from netspec.formats.columns import Columns, read_texts
from netspec.formats.errors import DataError
from netspec.formats.files import shown
from netspec.formats.folder_tree import Stamp, is_hidden
from netspec.formats.images import SUFFIXES
from netspec.formats.tables import TableFile
from netspec.wording import counted

MOST_FOLDERS = 100
"""The largest number of folders that are searched for a missing image."""


@dataclass(frozen=True)
class NamedImages:
    """The images of a table: its targets, and for each row the path of an image and what its file is now."""

    columns: Columns
    paths: tuple[str, ...]
    stamps: tuple[Stamp, ...]


def read_named_images(table: TableFile, target: str, column: str, folder: Path, suffix: str) -> NamedImages:
    """The images that a column names, from `folder` on, each name followed by `suffix`. Raises DataError."""
    columns, names = read_texts(table, target, column, "image")
    index = table.header.cells.index(column)
    finder = _Finder(str(folder), suffix)
    paths: list[str] = []
    stamps: list[Stamp] = []
    missing: list[tuple[int, str]] = []
    for row, name in enumerate(names):
        path = finder.path(name)
        stamp = None if path is None else finder.stamp(path)
        if path is not None and stamp is not None:
            paths.append(path)
            stamps.append(stamp)
        else:
            missing.append((row, name))
    if missing:
        raise _no_image(table, index, finder, missing, len(names))
    return NamedImages(columns, tuple(paths), tuple(stamps))


class _Finder:
    """The files in a folder by their names in a table."""

    def __init__(self, folder: str, suffix: str) -> None:
        self.folder = folder
        self.suffix = suffix
        self._inside: dict[str, bool] = {}

    def path(self, name: str, suffix: str | None = None) -> str | None:
        """The path of an image; None if the name leads out of the folder. A name from Windows has backslashes."""
        plain = os.path.normpath(name.replace("\\", "/"))
        if not name or plain.startswith(("/", "..")) or "\0" in plain or Path(plain).is_absolute():
            return None
        return f"{self.folder}{os.sep}{plain}{self.suffix if suffix is None else suffix}"

    def stamp(self, path: str) -> Stamp | None:
        """What a file is now; None if there is none in the folder, links followed."""
        try:
            found = os.lstat(path)
            linked = S_ISLNK(found.st_mode)
            if linked:
                found = Path(path).stat()
        except (OSError, ValueError):
            return None
        inside = self._is_inside(path) if linked else self._holds(os.path.dirname(path))  # noqa: PTH120 - faster
        return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) if inside and S_ISREG(found.st_mode) else None

    def _holds(self, folder: str) -> bool:
        if folder not in self._inside:
            self._inside[folder] = self._is_inside(folder)
        return self._inside[folder]

    def _is_inside(self, path: str) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder))


def _no_image(
    table: TableFile, index: int, finder: _Finder, missing: Sequence[tuple[int, str]], rows: int
) -> DataError:
    """What is said of the rows that name no image in the folder."""
    row, name = missing[0]
    path = finder.path(name)
    if not name:
        reason = f"{table.named(index)} has no file name in this row"
    elif path is None:
        reason = f"{table.quote(name, 'the file that this row names')} leads out of the folder of the images"
    else:
        reason = f"there is no image {table.quote(shown(Path(path)), 'of the name in this row')}"
    if len(missing) > 1:
        reason += f"; {len(missing):_} of {counted(rows, 'row')} name no image"
    help = _way_out(finder, name) if table.quotable and path is not None else None
    return table.cell_error(reason, row, index, help=help)


def _way_out(finder: _Finder, name: str) -> str:
    """What makes the name lead to an image."""
    for suffix in ("", *SUFFIXES, *map(str.upper, SUFFIXES)):
        if suffix != finder.suffix and (path := finder.path(name, suffix)) and finder.stamp(path):
            return f'set `suffix="{suffix}"`' if suffix else "leave `suffix` out: the names have it"
    for folder in _folders_in(finder.folder):
        inner = _Finder(f"{finder.folder}{os.sep}{folder}", finder.suffix)
        for suffix in (finder.suffix, *SUFFIXES):
            if (path := inner.path(name, suffix)) and inner.stamp(path):
                which = f"`{folder}{os.sep}{name}{suffix}` is there: set `folder`"
                return which if suffix == finder.suffix else f'{which} and `suffix="{suffix}"`'
    return "put the image there, or remove the row"


def _folders_in(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            names = sorted(item.name for item in found if item.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from [name for name in names if not is_hidden(name)][:MOST_FOLDERS]
