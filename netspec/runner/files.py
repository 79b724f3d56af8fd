"""Files that are whole or not there: atomic writing, and errors of the disk as problems."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

from netspec.problems.base import NetspecError
from netspec.problems.running import DiskFull, FolderNotWritable

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def file_problems(path: Path) -> Generator[None]:
    """Turns what the operating system says about files at a path into a problem."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        problem = DiskFull if error.errno in FULL else FolderNotWritable
        raise NetspecError.of(problem(None, str(path), reason)) from error


def as_json(data: Any) -> bytes:
    """JSON for people to read; a number that JSON doesn't have is an error here, and not for who reads the file."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file such that its name always stands for the whole of the old or the whole of the new content."""
    temporary = path.with_name(f".tmp-{token_hex(4)}-{path.name}")
    try:
        write_durably(temporary, content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if sys.platform == "win32":  # it has no such call for folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
