"""The run folder: new for each run, locked while it runs, removed if the run fails before its first step."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from stat import S_ISREG
from types import TracebackType
from typing import Any

from netspec.files import TEMPORARY, as_json, file_problems, lock_file, sweep, write_atomically
from netspec.problems.base import NetspecError
from netspec.problems.running import DiskFull, FolderExists, FolderInUse, FolderNotWritable
from netspec.program.exporting import FOLDER as EXPORTS
from netspec.program.naming import mark_of_now, runs_of
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.program.space import Role
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.saved.formats import SPEC
from netspec.saved.run_files import AWAY, ensure_own, sweep_run
from netspec.saved.spec import spec_record

LOCK = ".lock"


class RunFolder:
    """A folder that only one run writes to; a context manager.

    Files that it wrote before `begin` are removed when the block ends, with the folders that were made for it: a run
    that fails before its first step leaves nothing behind. Files that others wrote meanwhile stay. An interruption
    leaves the block with a note on how to resume from the last checkpoint.
    """

    def __init__(
        self, path: Path, latest: Path | None = None, *, resume: bool = False, resumed_by: str | None = None
    ) -> None:
        """Lock a folder that is new or empty, or to `resume` one with a run in it. `latest` is the link to set to it
        when the run begins, `resumed_by` the command that goes on with it, if it is one of several runs. Raises
        NetspecError."""
        self.path = path
        self._latest = latest
        self._resumed_by = resumed_by or resuming(path)
        self._begun = resume
        self._written: set[Path] = set()
        with file_problems(path):
            if resume:
                self._made, self._lock = [], _lock(path)
                self._take_over()
                return
            _refuse_if_used(path)
            self._made = _make_folders(path)
            try:
                self._lock = _lock(path)
            except BaseException:
                _remove_empty(self._made)
                raise
            # a run that began and ended between the check and the lock has left its files
            _refuse_if_filled(path)

    def _take_over(self) -> None:
        """Make sure that all of a run is within its folder, and remove what was left half-written."""
        try:
            ensure_own(self.path)
            sweep_run(self.path)
        except BaseException:
            self._unlock()
            raise

    @classmethod
    def new(cls, name: str) -> RunFolder:
        """`runs/<name>/<time>-<id>` under the current folder."""
        parent = runs_of(name)
        return cls(parent / mark_of_now(), parent / "latest")

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    def exports(self) -> Path:
        """The folder of the files that the network is exported to, new and empty."""
        path = self.path / EXPORTS
        with file_problems(self.path):
            if path.exists():
                shutil.rmtree(path)
            path.mkdir()
        return path

    def write(self, name: str, content: bytes) -> None:
        path = self.path / name
        with file_problems(self.path):
            write_atomically(path, content)
        self._written.add(path)

    def write_json(self, name: str, data: Any) -> None:
        self.write(name, as_json(data))

    def remove(self, name: str) -> None:
        with file_problems(self.path):
            (self.path / name).unlink(missing_ok=True)

    def write_spec(self, program: Program, part: Part | None = None, role: Role | None = None) -> None:
        """Write a copy of the spec in its own syntax for people, and the record from which the program is loaded;
        `part` is the part of the spec that the run is, if it has several, `role` what it is to a study."""
        source = program.source
        self.write("spec.net.json" if source.name.endswith(".json") else "spec.net", source.text.encode())
        self.write_json(SPEC.file, spec_record(program, part, role))

    def require(self, size: int) -> None:
        """Refuse to start a run that needs more disk space than is free, in bytes. Raises NetspecError."""
        with file_problems(self.path):
            free = shutil.disk_usage(self.path).free
        if free < size:
            reason = f"the run needs {size:_} bytes and {free:_} are left"
            raise NetspecError.of(DiskFull(None, str(self.path), reason))

    def begin(self) -> None:
        """From here on the files in the folder stay, however the run ends."""
        self._begun = True
        if self._latest is not None:
            _point(self._latest, self.path)

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for written in () if self._begun else self._written:
            with suppress(OSError):
                written.unlink()
        self._unlock()
        if not self._begun:
            _remove_empty(self._made)
        if error is None or isinstance(error, Exception):
            return
        if last_checkpoint(self.checkpoints) is not None:
            error.add_note(f"`{self._resumed_by}` goes on from the last checkpoint")

    def _unlock(self) -> None:
        # the lock's file goes before the lock, so that nobody can lock a file that is about to go
        with suppress(OSError):
            (self.path / LOCK).unlink()
        os.close(self._lock)


def resuming(path: Path) -> str:
    """The command that goes on with the run in a folder."""
    return f"netspec run --resume {path}"


def _refuse_if_used(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise NetspecError.of(FolderExists(None, str(path), "is a file"))
    lock = path / LOCK
    if lock.is_file() and not lock.is_symlink():
        os.close(_lock(path))  # raises unless the run of the lock ended without removing it
    _refuse_if_filled(path)


def _refuse_if_filled(path: Path) -> None:
    if any(item.name != LOCK for item in path.iterdir()):
        raise NetspecError.of(FolderExists(None, str(path), "isn't empty"))


def _make_folders(path: Path) -> list[Path]:
    """Make a folder and those above it; returns the new ones, the innermost first."""
    made: list[Path] = []
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another run may have made it in the meantime
            folder.mkdir()
            made.insert(0, folder)
    return made


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # something else is in it
            folder.rmdir()


def _lock(path: Path) -> int:
    """Lock a folder against other runs; the system unlocks it when the process ends, however it does."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path / LOCK, flags, 0o644)
    if not S_ISREG((facts := os.fstat(descriptor)).st_mode) or facts.st_nlink > 1:
        os.close(descriptor)
        raise NetspecError.of(FolderNotWritable(None, str(path / LOCK), "it isn't the lock of a run", AWAY))
    try:
        lock_file(descriptor)
    except (BlockingIOError, PermissionError):
        holder = os.read(descriptor, 200).decode(errors="replace") if sys.platform != "win32" else ""
        os.close(descriptor)
        raise NetspecError.of(FolderInUse(None, str(path), holder or "another run")) from None
    if os.fstat(descriptor).st_nlink == 0:  # its run removed it after it was opened here
        os.close(descriptor)
        return _lock(path)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()}".encode())
    return descriptor


def _point(latest: Path, path: Path) -> None:
    """Set the link to the newest run. It is for people only: if it can't be set, that is no error."""
    temporary = latest.with_name(f"{TEMPORARY}{token_hex(4)}-latest")
    with suppress(OSError):
        sweep(latest.parent)
        try:
            temporary.symlink_to(path.name, target_is_directory=True)
        except OSError:  # a file system without links
            temporary.write_text(f"{path}\n", encoding="utf-8")
        try:
            temporary.replace(latest)
        except OSError:
            temporary.unlink(missing_ok=True)
