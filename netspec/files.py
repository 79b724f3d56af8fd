"""Atomic writes, JSON files, and errors of the file system as problems."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import reduce
from hashlib import file_digest, sha256
from math import isfinite
from operator import or_
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_ISREG
from typing import Any

from netspec.problems.base import NetspecError
from netspec.problems.reading import NotWritable
from netspec.problems.running import DiskFull, FolderNotWritable

TEMPORARY = ".tmp-"
"""The start of the names of files and folders that aren't whole yet; a mark of their own follows."""
LEFT = re.compile(re.escape(TEMPORARY) + r"[0-9a-f]{8}-.*", re.DOTALL)

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def file_problems(path: Path) -> Generator[None]:
    """Turn errors of the operating system about files of a run, at a path, into problems."""
    try:
        yield
    except OSError as error:
        problem = DiskFull if error.errno in FULL else FolderNotWritable
        raise NetspecError.of(problem(None, str(path), _reason(error))) from error


def not_written(name: str, error: OSError) -> NetspecError:
    """An error of the operating system about a file outside of runs, as a problem."""
    return NetspecError.of(NotWritable(None, name, _reason(error)))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def as_json(data: Any) -> bytes:
    """Indented JSON. Raises ValueError for NaN and infinity, which JSON doesn't have."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def finite_or_none(value: float) -> float | None:
    """The value, or None if it is infinite or not a number: JSON has neither."""
    return value if isfinite(value) else None


def file_record(content: bytes | Path) -> dict[str, Any]:
    """A file's size and its SHA-256 as a manifest has them, for its content or its path."""
    if isinstance(content, bytes):
        return {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    with content.open("rb") as file:
        found = file_digest(file, sha256)
        return {"bytes": file.tell(), "sha256": found.hexdigest()}


def write_durably(path: Path, content: bytes, like: os.stat_result | None = None) -> None:
    """Write a new file and wait until it is on the disk, with the owner and the permissions of the file `like`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666 if like is None else 0o600), "wb") as file:
        if like is not None:
            _make_like(path, like)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file such that at any moment it has either all of its old or all of its new content."""
    _replace(path, content)
    sync_folder(path.parent)


def create(path: Path, content: bytes, otherwise: str) -> None:
    """Write a new file of the user's. If that fails, raises NetspecError and leaves none; `otherwise` is the help for a
    file that exists already."""
    try:
        path.touch(exist_ok=False)  # from here on the name is ours
        try:
            _replace(path, content)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise NetspecError.of(NotWritable(None, str(path), "it is there already", otherwise)) from error
    except OSError as error:
        raise not_written(str(path), error) from error


def rewrite(path: Path, content: bytes) -> None:
    """Overwrite a file of the user's; links, owner and permissions stay. If that fails, raises NetspecError and leaves
    the file as it was."""
    try:
        target = path.resolve()
        with target.open("r+b"):  # what may not be written isn't replaced either
            pass
        _replace(target, content, target.stat())
    except OSError as error:
        raise not_written(str(path), error) from error


def put(files: Mapping[Path, Path], *, force: bool, otherwise: str) -> None:
    """Move complete files to the places of the user's that they are for: all of them, or none.

    With `force` a file that is there is replaced as `rewrite` does it; without, it is refused, with `otherwise` as the
    help. If one can't be moved, raises NetspecError, and every place is as it was.
    """
    moved: list[tuple[Path, Path | None]] = []
    place = Path()
    try:
        for source, place in files.items():
            sync_file(source)
            moved.append(_moved(source, place, force=force))
    except BaseException as error:
        for target, before in reversed(moved):
            target.unlink(missing_ok=True) if before is None else before.replace(target)
        if isinstance(error, FileExistsError):
            raise NetspecError.of(NotWritable(None, str(place), "it is there already", otherwise)) from error
        if isinstance(error, OSError):
            raise not_written(str(place), error) from error
        raise
    for target, before in moved:
        sync_folder(target.parent)
        if before is not None:
            before.unlink(missing_ok=True)


def _moved(source: Path, place: Path, *, force: bool) -> tuple[Path, Path | None]:
    """Move a file to a place; returns its path, links followed, and that of what was there before."""
    if not (force and place.exists()):
        place.touch(exist_ok=False)  # from here on the name is ours
        try:
            _make_like(source, place.stat())
            source.replace(place)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return place, None
    target = place.resolve()
    with target.open("r+b"):  # what may not be written isn't replaced either
        pass
    _make_like(source, target.stat())
    before, temporary = _beside(target), _beside(target)
    try:
        shutil.move(source, temporary)  # a link may lead to another disk
        target.replace(before)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        if before.exists():
            before.replace(target)
        raise
    return target, before


def _beside(path: Path) -> Path:
    """The name of a temporary file beside a file, with the start of its name, which may be as long as names can be."""
    return path.with_name(f"{TEMPORARY}{token_hex(4)}-{path.name[:30]}")


def _replace(path: Path, content: bytes, like: os.stat_result | None = None) -> None:
    """Write a temporary file beside the one of that name, and rename it when it is whole."""
    temporary = _beside(path)
    try:
        write_durably(temporary, content, like)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; of a link the link alone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half-written in a folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if LEFT.fullmatch(path.name):
            remove(path)


def _make_like(path: Path, like: os.stat_result) -> None:
    if sys.platform != "win32":
        with suppress(PermissionError):  # only root may give files away
            os.chown(path, like.st_uid, like.st_gid)
    path.chmod(S_IMODE(like.st_mode))


def open_regular(path: Path, flags: int) -> int:
    """A descriptor of a regular file, which is created if the flags say so. Links aren't followed and pipes not waited
    for. Raises OSError."""
    more = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    descriptor = os.open(path, reduce(or_, more, flags), 0o644)
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it isn't a regular file", str(path))
    return descriptor


def lock_file(descriptor: int, *, wait: bool = False) -> None:
    """Lock an open file against other descriptors of it; the system unlocks it when the process ends, however it does.

    Raises BlockingIOError or PermissionError if it is locked, unless it is to `wait`.
    """
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:  # it waits for ten seconds
                if not wait:
                    raise
            else:
                break
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the entries of a folder are on the disk."""
    if sys.platform == "win32":  # it has no such call for folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
