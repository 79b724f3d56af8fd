"""Files that a spec names: where they are, or the reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from stat import S_ISREG
from typing import IO

from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError


def resolve(written: str, folder: Path) -> Path:
    """The path that a spec writes, taken from `folder`; `~` is the user's home, as torchvision has it."""
    path = Path(written)
    try:
        return folder / path.expanduser()
    except RuntimeError:  # the home of nobody
        return folder / path


def may_be_quoted(paths: Iterable[Path], folder: Path) -> bool:
    """Whether messages may show what is in the files: not if one is outside of the spec's folder, links followed.

    A spec may come from anybody, and may name any file of whoever checks it.
    """
    try:
        return all(path.resolve().is_relative_to(folder.resolve()) for path in paths)
    except (OSError, RuntimeError, ValueError):  # a link to itself, a name that no file can have
        return False


def shown(path: Path) -> str:
    """A path as a message prints it: from the working folder where it is below that."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def why_no_file(written: str, path: Path) -> str | None:
    """What keeps `path`, which a spec writes as `written`, from being read, or None if it is a file."""
    try:
        if path.is_file():
            return None
        return f"`{written}` is no file" if path.exists() else f"there is no file `{written}`"
    except OSError as error:  # a name too long, a folder that is closed to us
        return f"`{written}` can't be read: {error.strerror}"


def why_no_folder(written: str, path: Path) -> str | None:
    """What keeps `path`, which a spec writes as `written`, from being looked into, or None if it is a folder."""
    try:
        if path.is_dir():
            return None
        return f"`{written}` is no folder" if path.exists() else f"there is no folder `{written}`"
    except OSError as error:
        return f"`{written}` can't be read: {error.strerror}"


def open_regular(written: str, path: Path, argument: str, quotable: bool) -> IO[bytes]:
    """A regular file, open for reading. Raises DataError that blames `argument`.

    If it isn't `quotable`, the error holds nothing of the files beside it. The file is looked at once more when it is
    open: a pipe or a device in its place is neither waited for nor read.
    """
    if reason := why_no_file(written, path):
        help = _another_file(written, path) if quotable else None
        raise DataError("missing", reason, argument=argument, help=help)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        reason = f"`{written}` can't be read: {error.strerror}"
        raise DataError("missing", reason, argument=argument) from None
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DataError("missing", f"`{written}` is no file", argument=argument)
    return os.fdopen(descriptor, "rb")


def _another_file(written: str, path: Path) -> str | None:
    """The file in the folder that was most likely meant."""
    try:
        names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    except OSError:
        return None
    near = did_you_mean(path.name, names)
    return f"did you mean `{Path(written).with_name(str(near))}`?" if near else None
