"""Leases: who runs a trial holds a lock on a file, which the system drops when the process ends, however it does."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from netspec.files import file_problems, lock_file, open_regular
from netspec.searcher import crashes

FOLDER = "leases"


class Lease:
    """The right to run a trial; a context manager that gives it back. `crashes` are the reasons of the crashes of the
    processes that had it since the last checkpoint."""

    def __init__(self, path: Path, descriptor: int, at: str = "") -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._at = at
        self.crashes = crashes.take_over(descriptor, at)

    @classmethod
    def take(cls, folder: Path, name: str, run: Path) -> Lease | None:
        """The lease of that name in a study's folder, for the run in a folder; None if another process holds it. Raises
        NetspecError.

        The journal has to be locked, so that no lease is taken while it is removed."""
        path = folder / FOLDER / name
        with file_problems(path):
            path.parent.mkdir(exist_ok=True)
            descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
            try:
                lock_file(descriptor)
                return cls(path, descriptor, crashes.checkpoints_of(run))
            except (BlockingIOError, PermissionError):
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def remove(self) -> None:
        """Give it back, and remove its file. The journal has to be locked."""
        with suppress(OSError):
            self._path.unlink()
        self.close()

    @contextmanager
    def noting_crashes(self) -> Generator[None]:
        """Have a crash of this process be known to whoever takes the lease next."""
        assert self._descriptor is not None, "it is held"
        with crashes.noted(self._descriptor):
            yield

    def close(self) -> None:
        """Give it back."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                crashes.give_back(descriptor, self._at, self.crashes)
            os.close(descriptor)

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
