"""Files that a spec names: where they are, and their text, or the reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from stat import S_ISREG

from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_BYTES = 256 * 2**20
"""How large a file of text may be: it is read whole, in a check too."""


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


def read_text(written: str, path: Path, argument: str, quotable: bool) -> str:
    """The text of a file in UTF-8, its line endings made `\\n`. Raises DataError that blames `argument`.

    Where it isn't `quotable`, the error holds nothing of the file and of those beside it.
    """
    if reason := why_no_file(written, path):
        help = _another_file(written, path) if quotable else None
        raise DataError("missing", reason, argument=argument, help=help)
    try:
        content = _read(path)
    except OSError as error:
        reason = f"`{written}` can't be read: {error.strerror}"
        raise DataError("missing", reason, argument=argument) from None
    if content is None:
        raise DataError("missing", f"`{written}` is no file", argument=argument)
    if len(content) > MOST_BYTES:
        reason = f"`{written}` is too large: a table has at most {MOST_BYTES // 2**20} MiB"
        raise DataError("malformed", reason, argument=argument, path=path)
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(written, path, content, error.start, argument, quotable) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("malformed", f"`{written}` is empty", argument=argument, path=path)
    return text


def _read(path: Path) -> bytes | None:
    """The bytes of a file, at most one more than it may have; None if it is no regular file.

    It is asked once more, now that it is open: a pipe or a device in its place is neither waited for nor read.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MOST_BYTES + 1) if S_ISREG(os.fstat(descriptor).st_mode) else None


def _another_file(written: str, path: Path) -> str | None:
    """The file in the folder that was most likely meant."""
    try:
        names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    except OSError:
        return None
    near = did_you_mean(path.name, names)
    return f"did you mean `{Path(written).with_name(str(near))}`?" if near else None


def _not_utf8(written: str, path: Path, content: bytes, offset: int, argument: str, quotable: bool) -> DataError:
    start = content.rfind(b"\n", 0, offset) + 1
    end = content.find(b"\n", offset)
    line = content[start : end if end >= 0 else len(content)]
    return DataError(
        "malformed",
        f"`{written}` isn't UTF-8" + (f": it has the byte 0x{content[offset]:02X}" if quotable else ""),
        argument=argument,
        help="save it as UTF-8",
        path=path,
        line=content.count(b"\n", 0, offset) + 1,
        column=len(content[start:offset].decode()) + 1,
        excerpt=line.decode(errors="replace").rstrip("\r") if quotable else None,
    )
