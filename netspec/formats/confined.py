"""Files of a run folder as they are read: regular ones that no link leads to from outside, of bounded size.

A run folder may come from anybody. Everything of it that netspec reads is read here.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import IO, Any

from netspec.formats.strict_json import JSON_LIMIT, from_json


def read_bytes(path: Path, within: Path, most: int = JSON_LIMIT, size: int | None = None) -> bytes:
    """The bytes of a regular file of the run folder `within`, at most so many; `size` if it has to have so many.

    Raises OSError with the reason, also for a link out of the folder, a pipe, a device and a file that is too large.
    """
    with open_confined(path, within) as file:
        found = os.fstat(file.fileno()).st_size
        if found > most:
            raise _refused(path, f"it has {found:_} bytes, more than the {most:_} that are read")
        if size not in (None, found):
            raise _refused(path, f"it has {found:_} bytes, not the {size} that were saved")
        return file.read(most + 1)


def open_confined(path: Path, within: Path) -> IO[bytes]:
    """A regular file of the run folder `within`, open for reading. Raises OSError as `read_bytes`."""
    try:
        real = os.path.realpath(path, strict=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    if not _is_below(real, within):
        raise _refused(path, "it is a link out of the run's folder")
    # a pipe is not waited for: it is opened, and seen to be one
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(real, flags)
    mode = os.fstat(descriptor).st_mode
    if not S_ISREG(mode):
        os.close(descriptor)
        raise _refused(path, "it is a folder" if S_ISDIR(mode) else "it isn't a regular file")
    return os.fdopen(descriptor, "rb")


def read_json(path: Path, within: Path) -> Any:
    """The data in a JSON file of the run folder `within`. Raises OSError as `read_bytes`, and ValueError for content
    that netspec doesn't write."""
    return from_json(read_bytes(path, within))


def is_file_of(path: Path, within: Path) -> bool:
    """Whether there is a regular file of the run folder `within` at a path."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        return _is_below(str(real), within) and real.is_file()
    except OSError:
        return False


def is_folder_of(path: Path, within: Path) -> bool:
    """Whether there is a folder of the run folder `within` at a path."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        return _is_below(str(real), within) and real.is_dir()
    except OSError:
        return False


def _is_below(real: str, within: Path) -> bool:
    return Path(real).is_relative_to(os.path.realpath(within))


def _refused(path: Path, reason: str) -> OSError:
    return OSError(errno.EINVAL, reason, str(path))
