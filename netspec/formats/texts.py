"""Text files, perhaps compressed: opened as characters, within a bound, or with the reason why they can't be."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn, cast

from netspec.formats.errors import DataError
from netspec.formats.files import open_regular
from netspec.immutable import immutable

MOST_BYTES = 256 * 2**20
"""The most bytes of text that are read from a file, after it is decompressed."""

ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1250", "windows-1251", "windows-1252", "koi8-r", "mac-roman",
             "shift-jis", "euc-jp", "euc-kr", "gb18030", "big5")  # fmt: skip
"""The encodings that a spec may name."""

BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""The first bytes of files that say how they are encoded, the longer ones first."""

OTHER_FILES = {
    b"PAR1": ("a Parquet file", 'use `parquet("…")`'),
    b"\xd0\xcf\x11\xe0": ("an Excel workbook", "save it as CSV"),
    b"%PDF": ("a PDF document", None),
    b"SQLite format 3": ("a SQLite database", "export its table as CSV"),
    b"\x89HDF": ("an HDF5 file", "save its table as CSV or Parquet"),
    b"ARROW1": ("a Feather file", "save it as CSV or Parquet"),
    b"\x93NUMPY": ("a NumPy array", 'use `npz("…")`'),
    b"\x89PNG": ("an image", 'use `image_folder("…")`'),
    b"\xff\xd8\xff": ("an image", 'use `image_folder("…")`'),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "decompress it; gzip, bzip2, xz and zip files are read as they are"),
    b"<!DOCTYPE": ("a web page", "download the file itself"),
    b"<html": ("a web page", "download the file itself"),
    b"<?xml": ("an XML document", "save its table as CSV"),
    b"version https://": ("a pointer of Git LFS", "`git lfs pull` fetches the file"),
    b"[{": ("a JSON document", "save its table as CSV"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
}
"""The first bytes of files that aren't text, what they are, and what to do."""


@immutable
class TextFile:
    """A file of text as a spec names it: `written`, by the argument `argument` of a source.

    `quotable` says whether an error may show what is in it, or in the folder beside it.
    """

    written: str
    path: Path
    argument: str
    quotable: bool
    encoding: str = "utf-8"

    @contextmanager
    def open(self) -> Generator[IO[str]]:
        """Its characters, line endings made `\\n`. Raises DataError, also while they are read."""
        with open_regular(self.written, self.path, self.argument, self.quotable) as file:
            content = io.BufferedReader(_Bounded(file, self), 2**18)
            with io.TextIOWrapper(content, self._encoding(content.peek(64)[:64])) as text:
                try:
                    yield text
                except UnicodeError:
                    self._raise_undecodable()

    def refuse(self, reason: str, help: str | None = None) -> NoReturn:
        """Raise a DataError about the whole file."""
        raise DataError("malformed", reason, argument=self.argument, help=help, path=self.path)

    def _encoding(self, first: bytes) -> str:
        """The encoding of a file by its first bytes. Raises DataError if they aren't those of a text."""
        for start, (kind, help) in OTHER_FILES.items():
            if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(start):
                self.refuse(f"`{self.written}` is {kind}, not a table in a text file", help)
        found = next((name for mark, name in BYTE_ORDER_MARKS.items() if first.startswith(mark)), None)
        if found is None and b"\0" in first and self.encoding != "utf-16":
            help = '`encoding="utf-16"` reads it if it is text in UTF-16'
            self.refuse(f"`{self.written}` isn't a text file in UTF-8: it has zero bytes", help)
        if found is None and self.encoding == "utf-16":
            return "utf-16-be" if first.startswith(b"\0") else "utf-16-le"
        return found or self.encoding

    def _raise_undecodable(self) -> NoReturn:
        """Raise a DataError at the first byte that isn't text in the encoding."""
        with open_regular(self.written, self.path, self.argument, self.quotable) as file:
            content = io.BufferedReader(_Bounded(file, self)).read()
        encoding = self._encoding(content[:64])
        if encoding == "utf-8-sig":
            content, encoding = content[3:], "utf-8"  # the mark is no character of the first line
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            offset = error.start
        else:  # it was another file a moment ago
            self.refuse(f"`{self.written}` changed while it was read")
        found = f": it has the byte 0x{content[offset]:02X}" if self.quotable else ""
        start, end = content.rfind(b"\n", 0, offset) + 1, content.find(b"\n", offset)
        line = content[start : end if end >= 0 else len(content)]
        # what the byte is likely to be can be said; which letters it stands for is for the user to see
        help = 'save it as UTF-8, or name its encoding, such as `encoding="windows-1252"`'
        raise DataError(
            "malformed",
            f"`{self.written}` isn't {encoding.upper()}{found}",
            argument=self.argument,
            help=help,
            path=self.path,
            line=content.count(b"\n", 0, offset) + 1,
            column=len(content[start:offset].decode(encoding, "replace")) + 1,
            excerpt=line.removeprefix(b"\xef\xbb\xbf").decode(encoding, "replace").rstrip("\r")
            if self.quotable
            else None,
        )


class _Bounded(io.RawIOBase):
    """The bytes of a file, decompressed if it is compressed, that end in a DataError if there are too many of them."""

    def __init__(self, file: IO[bytes], text: TextFile) -> None:
        self._text = text
        self._left = MOST_BYTES
        with self._damages():
            self._file = self._decompressed(file)
        if self._file is file and os.fstat(file.fileno()).st_size > MOST_BYTES:
            self._refuse_size()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io passes nothing else
        with self._damages():
            content = self._file.read(len(buffer))
        buffer[: len(content)] = content
        self._left -= len(content)
        if self._left < 0:
            self._refuse_size()
        return len(content)

    def _refuse_size(self) -> NoReturn:
        size = f"{MOST_BYTES // 2**20} MiB"
        self._text.refuse(f"`{self._text.written}` is too large: a table has at most {size} of text")

    @contextmanager
    def _damages(self) -> Generator[None]:
        try:
            yield
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
            self._text.refuse(f"`{self._text.written}` is damaged, or can't be decompressed: {error}")

    def _decompressed(self, file: IO[bytes]) -> IO[bytes]:
        first = file.read(8)
        file.seek(0)
        if first.startswith(b"\x1f\x8b"):
            return cast(IO[bytes], gzip.GzipFile(fileobj=file))
        if first.startswith(b"BZh"):
            return bz2.BZ2File(file)
        if first.startswith(b"\xfd7zXZ\0"):
            return lzma.LZMAFile(file)
        return self._member(zipfile.ZipFile(file)) if first.startswith(b"PK\3\4") else file

    def _member(self, archive: zipfile.ZipFile) -> IO[bytes]:
        """The one file in a ZIP archive."""
        written = self._text.written
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
        if "[Content_Types].xml" in names:
            self._text.refuse(f"`{written}` is an Office document, not a table in a text file", "save its table as CSV")
        if len(names) != 1:
            self._text.refuse(f"`{written}` is an archive of {len(names)} files, but a table is one file", "unpack it")
        return archive.open(names[0])
