"""Files of specs: their bytes as source text, within limits."""

from __future__ import annotations

from pathlib import Path

from netspec.diagnostics import did_you_mean
from netspec.problems import NetspecError
from netspec.problems.reading import NotUTF8, SpecNotFound, SpecNotReadable, SpecTooLarge, WrongExtension
from netspec.source import Source

SIZE_LIMIT = 2**20


def read_source(path: Path) -> Source:
    """The text of a spec; raises NetspecError with the reason if it can't be read."""
    return decode(read_bytes(path), str(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of a spec; raises NetspecError with the reason if they can't be read."""
    name = str(path)
    try:
        if path.is_dir():
            raise NetspecError.of(SpecNotReadable(None, name, "it is a folder"))
        if path.exists() and not path.is_file():
            # opening a pipe would wait for a writer
            raise NetspecError.of(SpecNotReadable(None, name, "it isn't a regular file"))
        if path.suffix not in (".net", ".json") and (path.exists() or path.suffix):
            raise NetspecError.of(WrongExtension(None, name))
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
            size = path.stat().st_size
    except FileNotFoundError:
        raise NetspecError.of(SpecNotFound(None, name, _nearest(path))) from None
    except OSError as error:
        raise NetspecError.of(SpecNotReadable(None, name, (error.strerror or "unknown error").lower())) from None
    if len(data) > SIZE_LIMIT:
        raise NetspecError.of(SpecTooLarge(None, name, max(size, len(data)), SIZE_LIMIT))
    return data


def decode(data: bytes, name: str, path: Path | None = None) -> Source:
    """UTF-8 as text, without the byte-order mark if there is one. Raises NetspecError at the first invalid byte."""
    try:
        return Source(name, data.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        # every invalid byte becomes one replacement character, so that the span is right in the text of the message
        text = data.decode("utf-8-sig", errors="replace")
        start = len(data[: error.start].decode("utf-8-sig"))
        source = Source(name, text, path)
        raise NetspecError.of(NotUTF8(source.span(start, start + 1), data[error.start])) from None


def _nearest(path: Path) -> str | None:
    """The path of a spec with a similar name in the same folder."""
    if not path.parent.is_dir():
        return None
    specs = [other.name for other in path.parent.iterdir() if other.suffix in (".net", ".json")]
    nearest = did_you_mean(path.name, specs)
    return str(path.parent / nearest) if nearest else None
