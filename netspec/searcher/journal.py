"""The journal of a study: lines of JSON, appended one by one under a lock, each on the disk before the next."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from netspec.files import file_problems, lock_file, open_regular, sync_folder
from netspec.formats.confined import open_confined
from netspec.formats.strict_json import from_json
from netspec.problems.base import NetspecError
from netspec.problems.studies import JournalDamaged, NoStudy
from netspec.saved.formats import JOURNAL

LOCK = "journal.lock"
LINE_LIMIT = 4 * 2**20
"""The size in bytes of the longest line: the values of as many epochs as a training may have are in it."""


class Journal:
    """The lines of a journal as far as they were read; a line that isn't finished isn't one yet.

    Each line has a checksum over itself and the one of the line before, so no line can change, go or change places.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / JOURNAL.file
        self.lines = 0
        """How many lines were read."""
        self._size = 0
        self._sum = ""

    @contextmanager
    def locked(self) -> Generator[None]:
        """Keep others from writing meanwhile; what a process that was killed left of a line is removed."""
        with file_problems(self.path):
            descriptor = open_regular(self.folder / LOCK, os.O_RDWR | os.O_CREAT)
        try:
            with file_problems(self.path):
                lock_file(descriptor, wait=True)
                self._remove_torn_line()
            yield
        finally:
            os.close(descriptor)

    def news(self, *, new: bool = False) -> Iterator[dict[str, Any]]:
        """The lines that were written since the last one that was read; `new` says that there may be no journal yet.
        Raises NetspecError where one isn't what was written."""
        try:
            file = open_confined(self.path, self.folder)
        except FileNotFoundError:
            if new:
                return
            raise NetspecError.of(NoStudy(None, str(self.folder), "it has no journal")) from None
        except OSError as error:
            raise NetspecError.of(NoStudy(None, str(self.folder), error.strerror or str(error))) from error
        with file:
            if os.fstat(file.fileno()).st_size < self._size:
                raise self.damaged("it is shorter than it was")
            file.seek(self._size)
            yield from self._read(file)

    def append(self, record: dict[str, Any]) -> None:
        """Write a line, and wait until it is on the disk; it is read with the news. All lines before have to be read,
        and the journal to be locked.

        If that fails, raises NetspecError and leaves the journal as it was."""
        line, _ = _line(self._sum, record)
        with file_problems(self.path):
            descriptor = open_regular(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                assert os.fstat(descriptor).st_size == self._size, "a journal is read before it is written"
                try:
                    _write_all(descriptor, line)
                    os.fsync(descriptor)
                except BaseException:
                    with suppress(OSError):
                        os.ftruncate(descriptor, self._size)
                    raise
            finally:
                os.close(descriptor)
            if not self.lines:
                sync_folder(self.folder)

    def damaged(self, reason: str) -> NetspecError:
        """The error for the line that follows."""
        return NetspecError.of(JournalDamaged(None, str(self.path), self.lines + 1, reason))

    def _read(self, file: IO[bytes]) -> Iterator[dict[str, Any]]:
        while line := file.readline(LINE_LIMIT):
            if not line.endswith(b"\n"):
                if len(line) == LINE_LIMIT:
                    raise self.damaged("it is too long")
                return
            try:
                record = from_json(line)
                found = record.pop("sum")
            except (ValueError, TypeError, KeyError, AttributeError):
                raise self.damaged("it isn't a line of a journal") from None
            if (line, found) != _line(self._sum, record):
                raise self.damaged("its checksum is another one")
            # it counts as read only if whoever reads it can make sense of it
            yield record
            self._size, self._sum, self.lines = self._size + len(line), found, self.lines + 1

    def _remove_torn_line(self) -> None:
        with suppress(FileNotFoundError):
            descriptor = open_regular(self.path, os.O_RDWR)
            with os.fdopen(descriptor, "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                start = max(size - LINE_LIMIT, 0)
                file.seek(start)
                end = start + file.read(LINE_LIMIT).rfind(b"\n") + 1
                # beyond the longest line it isn't one that was torn: reading it will say so
                if end < size and (end > start or start == 0):
                    file.truncate(end)
                    file.flush()
                    os.fsync(descriptor)


def _line(before: str, record: dict[str, Any]) -> tuple[bytes, str]:
    """A record as the line that follows one with the checksum `before`, and its own checksum."""
    found = sha256(before.encode() + _as_line(record)).hexdigest()[:16]
    return _as_line({"sum": found, **record}) + b"\n", found


def _as_line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, allow_nan=False, separators=(",", ":")).encode()


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
