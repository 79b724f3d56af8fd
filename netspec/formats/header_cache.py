"""Headers of image files, kept on the disk for as long as the files stay the same."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from stat import S_ISREG
from tempfile import mkstemp
from typing import Any, NamedTuple

from netspec.formats.errors import DataError, combined
from netspec.formats.folder_tree import Stamp
from netspec.formats.images import PIXELS, Header, read_header, unwarned
from netspec.memory import cache_folder

FORMAT = 2
MOST_BYTES = 256 * 2**20
"""A larger file isn't read: about two million images have less."""
MOST_FILES = 100
"""So many folders' headers are kept; the oldest go first."""
FEWEST = 32
"""Headers of fewer images are read faster than they are kept."""
MOST_BAD = 20
"""The number of unreadable files after which no more headers are read."""

Files = Sequence[tuple[str, Stamp]]
"""The path of each image and what its file is now."""


class Alike(NamedTuple):
    """Images with the same header: the path of the first one, and how many they are."""

    header: Header
    path: str
    images: int


Headers = tuple[Alike, ...]
"""The different headers of some images, in the order of the first image of each."""


def read_headers(root: Path, files: Files) -> Headers:
    """The headers of image files in a folder. Raises DataError for those that can't be read.

    What is kept is only trusted to save time: who reads the pixels compares them with the header.
    """
    if len(files) < FEWEST:
        found, errors = _read_all([path for path, _ in files])
    else:
        kept, state = _load(root), _state(root, files)
        if kept.state == state and all(row.first < len(files) for row in kept.rows):
            return tuple(Alike(row.header, files[row.first][0], row.images) for row in kept.rows)
        found, errors = _read_new(root, files, kept, state)
    if errors:
        raise combined(errors)
    return _grouped(found.items())


def forget_headers(root: Path) -> None:
    """Read the headers of a folder's images again next time."""
    with suppress(OSError):
        _file(root).unlink(missing_ok=True)


def _grouped(headers: Iterable[tuple[str, Header]]) -> Headers:
    counts: dict[Header, int] = {}
    paths: dict[Header, str] = {}
    for path, header in headers:
        counts[header] = counts.get(header, 0) + 1
        paths.setdefault(header, path)
    return tuple(Alike(header, paths[header], count) for header, count in counts.items())


def _state(root: Path, files: Files) -> str:
    """What stands for all files as they are now."""
    start = len(str(root)) + 1
    names = [path[start:] for path, _ in files]
    numbers = list(chain.from_iterable(stamp for _, stamp in files))
    return sha256(repr((names, numbers)).encode()).hexdigest()


def _read_new(root: Path, files: Files, kept: _Kept, state: str) -> tuple[dict[str, Header], list[DataError]]:
    """The headers of files by their paths, opening those alone that aren't kept as they are."""
    start = len(str(root)) + 1
    before = kept.files()
    known = {path: before[name][1] for path, stamp in files if before.get(name := path[start:], _NONE)[0] == stamp}
    read, errors = _read_all([path for path, _ in files if path not in known])
    known |= read
    # in the order of the files
    found = {path: known[path] for path, _ in files if path in known}
    if read or not errors:
        with suppress(OSError):  # what can't be kept is read again
            _keep(root, "" if errors else state, files, found)
    return found, errors


def _read_all(paths: list[str]) -> tuple[dict[str, Header], list[DataError]]:
    found: dict[str, Header] = {}
    errors: list[DataError] = []
    with unwarned():
        for path in paths:
            try:
                found[path] = read_header(path)
            except DataError as error:
                errors.append(error)
                if len(errors) == MOST_BAD:
                    break
    return found, errors


# ---- the file: a line on all images together, and a line with each of them ----

_NONE: tuple[Stamp | None, Header | None] = None, None


class _Row(NamedTuple):
    """A header, the index of the first file that has it, and how many have it."""

    header: Header
    first: int
    images: int


@dataclass(frozen=True)
class _Kept:
    """What is kept of a folder: the state that all files had, or "" if not all of them are images; the rows; and the
    line with each of them, which is only read if they have another state now."""

    state: str = ""
    rows: tuple[_Row, ...] = ()
    line: bytes = b"{}"

    def files(self) -> dict[str, tuple[Stamp, Header]]:
        """For each file, by its path in the folder, what it was, and its header; none if the line isn't one of ours."""
        try:
            found: dict[str, list[int]] = json.loads(self.line)
            return {
                path: ((size, changed, entered), self.rows[_index(number)].header)
                for path, (size, changed, entered, number) in found.items()
            }
        except (ValueError, TypeError, AttributeError, IndexError, RecursionError):
            return {}


def _file(root: Path) -> Path:
    return cache_folder() / "headers" / f"{sha256(os.fsencode(os.path.realpath(root))).hexdigest()}.json"


def _version() -> str:
    import PIL

    return PIL.__version__


def _load(root: Path) -> _Kept:
    """What is kept; nothing where the file isn't one of ours."""
    try:
        first, _, line = _content(_file(root)).partition(b"\n")
        content = json.loads(first)
        if content["format"] != FORMAT or content["pillow"] != _version():
            return _Kept()
        rows = tuple(_Row(_header(*header), _index(first), _index(count)) for header, first, count in content["rows"])
        return _Kept(content["state"] if rows else "", rows, line)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Kept()


def _content(path: Path) -> bytes:
    """Raises OSError or ValueError where it is no regular file or too large."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            raise ValueError(path)
        return file.read(MOST_BYTES)


def _header(height: Any, width: Any, mode: Any, deep: Any, transparent: Any) -> Header:
    """A header out of a file. Raises ValueError where it can't be one."""
    sizes = (height, width)
    if not all(type(size) is int and size > 0 for size in sizes) or height * width > PIXELS:
        raise ValueError(sizes)
    if not isinstance(mode, str) or not re.fullmatch(r"[A-Za-z0-9;]{1,8}", mode):
        raise ValueError(mode)
    return Header(height, width, mode, deep is True, transparent is True)


def _index(number: Any) -> int:
    """A number from 0 out of a file. Raises ValueError where it is none."""
    if type(number) is not int or number < 0:
        raise ValueError(number)
    return number


def _keep(root: Path, state: str, files: Files, found: dict[str, Header]) -> None:
    """Write the file at once, so that another process finds the old one or the new one. Raises OSError."""
    path, start = _file(root), len(str(root)) + 1
    indices = {path: index for index, (path, _) in enumerate(files)}
    rows = [(each.header, indices[each.path], each.images) for each in _grouped(found.items())]
    numbers = {header: number for number, (header, *_) in enumerate(rows)}
    lines = (
        {"format": FORMAT, "pillow": _version(), "state": state, "rows": rows},
        {path[start:]: (*stamp, numbers[found[path]]) for path, stamp in files if path in found},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = mkstemp(prefix=".", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write("\n".join(json.dumps(line, separators=(",", ":")) for line in lines).encode())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _remove_oldest(path.parent)


def _remove_oldest(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)
