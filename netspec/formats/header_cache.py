"""Headers of image files, kept on the disk for as long as the files stay the same."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from tempfile import mkstemp
from typing import Any

from netspec.formats.errors import DataError, combined
from netspec.formats.folder_tree import Stamp
from netspec.formats.images import PIXELS, Header, read_header, unwarned
from netspec.memory import cache_folder

FORMAT = 1
MOST_BYTES = 256 * 2**20
"""A larger file isn't read: about two million images have less."""
MOST_FILES = 100
"""So many folders' headers are kept; the oldest go first."""
FEWEST = 32
"""Headers of fewer images are read faster than they are kept."""
MOST_BAD = 20
"""No more headers are read once so many can't be."""

Headers = dict[str, Header]


def read_headers(root: Path, files: Sequence[tuple[str, Stamp]]) -> Headers:
    """The headers of image files in a folder, by their paths. Raises DataError for those that can't be read.

    What is kept is only trusted to save time: who reads the pixels compares them with the header.
    """
    if len(files) < FEWEST:
        found, errors = _read_all([path for path, _ in files])
    else:
        found, errors = _read_new(root, files)
    if errors:
        raise combined(errors)
    return found


def forget_headers(root: Path) -> None:
    """Read the headers of a folder's images again next time."""
    with suppress(OSError):
        _file(root).unlink(missing_ok=True)


def _read_new(root: Path, files: Sequence[tuple[str, Stamp]]) -> tuple[Headers, list[DataError]]:
    kept, headers = _load(root)
    known: Headers = {}
    start = len(str(root)) + 1
    for path, stamp in files:
        entry = kept.get(path[start:])
        if entry is not None and (entry[0], entry[1], entry[2]) == stamp:
            known[path] = headers[entry[3]]
    read, errors = _read_all([path for path, _ in files if path not in known])
    if read or len(kept) > 2 * len(known):
        known |= read
        with suppress(OSError):  # what can't be kept is read again
            _keep(root, {path[start:]: (stamp, known[path]) for path, stamp in files if path in known})
        # in the order of the files
        known = {path: known[path] for path, _ in files if path in known}
    return known, errors


def _read_all(paths: list[str]) -> tuple[Headers, list[DataError]]:
    found: Headers = {}
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


# ---- the file ----


def _file(root: Path) -> Path:
    return cache_folder() / "headers" / f"{sha256(os.fsencode(os.path.realpath(root))).hexdigest()}.json"


def _version() -> str:
    import PIL

    return PIL.__version__


def _load(root: Path) -> tuple[dict[str, list[int]], list[Header]]:
    """For each file that is kept, by its path in the folder, its stamp and the index of its header, and the headers;
    none where the file isn't one of ours."""
    try:
        content = json.loads(_content(_file(root)))
        if content["format"] != FORMAT or content["pillow"] != _version():
            return {}, []
        headers = [_header(*item) for item in content["headers"]]
        files: dict[str, list[int]] = content["files"]
        if any(
            len(entry) != 4 or type(entry[3]) is not int or not 0 <= entry[3] < len(headers) for entry in files.values()
        ):
            return {}, []
        return files, headers
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, []


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


def _keep(root: Path, found: dict[str, tuple[Stamp, Header]]) -> None:
    """Write the file at once, so that another process finds the old one or the new one. Raises OSError."""
    path = _file(root)
    headers = list(dict.fromkeys(header for _, header in found.values()))
    numbers = {header: number for number, header in enumerate(headers)}
    files = {path: (*stamp, numbers[header]) for path, (stamp, header) in found.items()}
    content = {"format": FORMAT, "pillow": _version(), "headers": headers, "files": files}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = mkstemp(prefix=".", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(content, separators=(",", ":")).encode())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _remove_oldest(path.parent)


def _remove_oldest(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)
