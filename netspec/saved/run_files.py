"""The files of a run folder as they are read: regular ones that no link leads to from outside, of bounded size.

A run folder may come from anybody. Everything of it that netspec reads is read here.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from netspec.files import JSON_LIMIT, from_json, sweep
from netspec.problems.base import NetspecError
from netspec.problems.running import FolderNotWritable

FOLDERS = ("checkpoints", "plots", "tensorboard", "mlflow")
FILES = ("teachers.json", "spec.json", "plan.json", "metrics.jsonl", "metrics.csv", "run.json", "report.html")
"""The folders and the files that a run writes."""
AWAY = "a run is written to its own folder alone: remove what is in the way"


def read_bytes(path: Path, within: Path, most: int = JSON_LIMIT, size: int | None = None) -> bytes:
    """The bytes of a regular file of the run folder `within`, at most so many; `size` if it has to have so many.

    Raises OSError with the reason, also for a link out of the folder, a pipe, a device and a file that is too large.
    """
    try:
        real = os.path.realpath(path, strict=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    if not _is_below(real, within):
        raise _refused(path, "it is a link out of the run's folder")
    # a pipe is not waited for: it is opened, and seen to be one
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(real, flags)
    try:
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode):
            raise _refused(path, "it is a folder" if S_ISDIR(found.st_mode) else "it isn't a regular file")
        if found.st_size > most:
            raise _refused(path, f"it has {found.st_size:_} bytes, more than the {most:_} that are read")
        if size not in (None, found.st_size):
            raise _refused(path, f"it has {found.st_size:_} bytes, not the {size} that were saved")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(descriptor)


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


def _is_below(real: str, within: Path) -> bool:
    return Path(real).is_relative_to(os.path.realpath(within))


def _refused(path: Path, reason: str) -> OSError:
    return OSError(errno.EINVAL, reason, str(path))
