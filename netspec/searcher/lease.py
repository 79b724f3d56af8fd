"""Leases: who runs a trial holds a lock on a file, which the system drops when the process ends, however it does."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from netspec.files import file_problems, lock_file

FOLDER = "leases"


class Lease:
    """The right to run a trial; a context manager that gives it back."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, folder: Path, name: str) -> Lease | None:
        """The lease of that name in a study's folder; None if another process holds it. Raises NetspecError.

        The journal has to be locked, so that no lease is taken while it is removed."""
        path = folder / FOLDER / name
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with file_problems(path):
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(path, flags, 0o644)
            try:
                lock_file(descriptor)
            except (BlockingIOError, PermissionError):
                os.close(descriptor)
                return None
        return cls(path, descriptor)

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def remove(self) -> None:
        """Give it back, and remove its file. The journal has to be locked."""
        with suppress(OSError):
            self._path.unlink()
        self.close()

    def close(self) -> None:
        """Give it back."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
