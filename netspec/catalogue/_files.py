"""Files that a spec names: where they are, and their text, or the reason why there is none."""

from __future__ import annotations

from pathlib import Path

from netspec.catalogue.sources import DataError
from netspec.diagnostics import did_you_mean

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def resolve(written: str, folder: Path) -> Path:
    """The path that a spec writes, taken from `folder`; `~` is the user's home, as torchvision has it."""
    path = Path(written)
    try:
        return folder / path.expanduser()
    except RuntimeError:  # the home of nobody
        return folder / path


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


def read_text(written: str, path: Path, argument: str) -> str:
    """The text of a file in UTF-8, its line endings made `\\n`. Raises DataError that blames `argument`."""
    if reason := why_no_file(written, path):
        raise DataError("missing", reason, argument=argument, help=_another_file(written, path))
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"`{written}` can't be read: {error.strerror}"
        raise DataError("missing", reason, argument=argument) from None
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(written, path, content, error.start, argument) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("malformed", f"`{written}` is empty", argument=argument, path=path)
    return text


def _another_file(written: str, path: Path) -> str | None:
    """The file in the folder that was most likely meant."""
    try:
        names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    except OSError:
        return None
    near = did_you_mean(path.name, names)
    return f"did you mean `{Path(written).with_name(near)}`?" if near else None


def _not_utf8(written: str, path: Path, content: bytes, offset: int, argument: str) -> DataError:
    start = content.rfind(b"\n", 0, offset) + 1
    end = content.find(b"\n", offset)
    line = content[start : end if end >= 0 else len(content)]
    return DataError(
        "malformed",
        f"`{written}` isn't UTF-8: it has the byte 0x{content[offset]:02X}",
        argument=argument,
        help="save it as UTF-8",
        path=path,
        line=content.count(b"\n", 0, offset) + 1,
        column=len(content[start:offset].decode()) + 1,
        excerpt=line.decode(errors="replace").rstrip("\r"),
    )
