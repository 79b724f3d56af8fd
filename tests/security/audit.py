"""What Python itself tells of a process while it is watched: code that runs, programs, connections, and files.

What libraries do in native code, such as the reading of a Parquet file by Arrow, Python doesn't hear of.
"""

# ruff: noqa: PTH100, PTH117, PTH120 - asked for at each opened file, where pathlib is slow

from __future__ import annotations

import os
import site
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import netspec

INSTALLED = tuple(
    sorted(
        {
            os.path.realpath(path)
            for path in (
                *(sys.prefix, sys.base_prefix, *site.getsitepackages()),
                *(os.path.dirname(os.__file__), os.path.dirname(netspec.__file__), os.path.dirname(__file__)),
            )
        }
    )
)
"""Where the code may come from: Python, what is installed in it, netspec, and these tests."""

NAMES = {*sys.stdlib_module_names, *packages_distributions(), "netspec", "tests", "__main__"}
"""Modules that may be asked for. Where they come from is seen when they are read and run."""

READABLE = (
    "/dev/null",
    "/dev/urandom",  # seeds
    "/proc/self",  # torch and psutil ask for the memory and the number of threads
    "/proc/cpuinfo",  # the name of the processor, which a run records
    "/proc/meminfo",
    "/proc/vmstat",  # how many processes were ended as memory ran out, which a trial that was lost is asked for
    "/sys/fs/cgroup/memory.max",  # what a container may have: larger arrays go into files
    "/sys/fs/cgroup/memory.current",
    "/sys/fs/cgroup/cpu.max",  # and how many processors
    "/sys/devices/system/cpu",
)
"""What libraries read by themselves, outside of the installation."""

WRITERS = {
    "dataclasses.py": "writes `__init__` and its kin from the names of fields, which are those of classes in the code",
    "collections/__init__.py": "writes `__new__` of a named tuple",
    "typing.py": "reads annotations, which are those of the code, for pydantic",
}
"""Files of Python's own library that may run a text: what each of them makes of it."""

PROGRAMS = (
    "subprocess.Popen",
    "os.system",
    "os.posix_spawn",
    "os.spawn",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.startfile",
    "pty.spawn",
    "webbrowser.open",
)
NETWORK = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "nntplib.")
CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
    "shutil.rmtree",
    "shutil.move",
    "shutil.chown",
    "shutil.copyfile",
)
LISTS = ("os.listdir", "os.scandir")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ONLY_A_TREE = 0x400
"""`ast.PyCF_ONLY_AST`: a text becomes a tree and no code."""


class Refused(BaseException):
    """Raised into what was about to happen. No handler of errors takes it for one of its own."""


class Audit:
    """Watches this process from now to its end; only between `watch` and its end is anything refused."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._watching = False
        self._busy = False
        self._readable: tuple[str, ...] = ()
        self._writable: tuple[str, ...] = ()
        sys.addaudithook(self._hear)

    @contextmanager
    def watch(self, readable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> Generator[list[str]]:
        """What happens meanwhile that mustn't, in words. What is `writable` is readable too."""
        self.seen = []
        self._writable = tuple(os.path.realpath(path) for path in writable)
        self._readable = (*INSTALLED, *READABLE, *self._writable, *(os.path.realpath(path) for path in readable))
        self._watching = True
        try:
            yield self.seen
        finally:
            self._watching = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._watching or self._busy:
            return
        self._busy = True  # what is done here to find out is no event
        try:
            wrong = self._wrong(event, arguments)
        finally:
            self._busy = False
        if wrong is not None:
            self.seen.append(f"{event}: {wrong}")
            raise Refused(wrong)

    def _wrong(self, event: str, arguments: tuple[Any, ...]) -> str | None:
        match event:
            case "exec":
                return _foreign_code(arguments[0])
            case "compile":
                return _foreign_text(arguments[0], arguments[1])
            case "import":
                return _foreign_module(arguments[0], arguments[1])
            case "open":
                return self._foreign_file(*arguments)
            case "pickle.find_class" | "code.__new__":
                return _shown(arguments)
            case "ctypes.dlopen":
                path = arguments[0]
                return None if path is None or _within(str(path), INSTALLED) else _shown(arguments)
            case _ if event in PROGRAMS or event.startswith(NETWORK):
                return _shown(arguments)
            case _ if event in CHANGES:
                paths = [path for path in arguments[:2] if isinstance(path, str | bytes | os.PathLike)]
                links = event == "os.symlink"  # whose first argument is what the link says
                return next((_shown(path) for path in paths[links:] if not _within_folder(path, self._writable)), None)
            case _ if event in LISTS:
                path = arguments[0]
                return None if isinstance(path, int) or _within(path or ".", self._readable) else _shown(arguments)
            case _:
                return None

    def _foreign_file(self, path: Any, mode: str | None, flags: int) -> str | None:
        if not isinstance(path, str | bytes | os.PathLike):  # a file that is open already
            return None
        writes = bool(flags & WRITING)
        within = _within_folder if flags & os.O_NOFOLLOW else _within
        known = within(path, self._writable if writes else self._readable)
        return None if known else f"{_shown(path)} is {'written' if writes else 'read'}"


def _foreign_code(code: Any) -> str | None:
    """Code that is run and comes neither from a file of the installation nor from who may write some."""
    if isinstance(code, CodeType) and code.co_filename.startswith("<frozen "):
        return None
    if isinstance(code, CodeType) and os.path.isabs(code.co_filename) and _within(code.co_filename, INSTALLED):
        return None
    return None if _asked_by() in WRITERS else _shown(code)


def _foreign_text(source: Any, filename: Any) -> str | None:
    """A text that becomes code. Of a tree, which `ast` reads, nothing is run."""
    asked = _asked_by()
    if asked in WRITERS or asked == "ast.py":
        return None
    name = filename.decode() if isinstance(filename, bytes) else str(filename)
    if os.path.isabs(name) and _within(name, INSTALLED):
        return None
    return f"{_shown(source)} by {asked}"


def _foreign_module(name: str, path: str | None) -> str | None:
    if path is not None and not _within(path, INSTALLED):
        return _shown(path)
    return None if name.partition(".")[0] in NAMES else _shown(name)


def _asked_by() -> str:
    """The file of the function that raised the event, as the standard library calls it."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    name = frame.f_code.co_filename if frame is not None else ""
    return name.removeprefix(os.path.dirname(os.__file__) + os.sep)


def _within(path: str | bytes | os.PathLike[Any], roots: tuple[str, ...]) -> bool:
    """Whether a path, links followed, is one of the roots or below one."""
    real = os.path.realpath(os.fsdecode(path))
    return any(real == root or real.startswith(root + os.sep) for root in roots)


def _within_folder(path: str | bytes | os.PathLike[Any], roots: tuple[str, ...]) -> bool:
    """Whether what stands under a name does so within the roots, wherever it leads if it is a link."""
    folder = os.path.dirname(os.path.abspath(os.fsdecode(path)))
    return _within(folder, roots)


def _shown(what: Any) -> str:
    return repr(what)[:200]
