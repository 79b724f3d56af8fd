"""Facts about data files, kept in the cache folder for as long as the files stay as they are."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from stat import S_ISREG
from tempfile import mkstemp
from typing import Any

from netspec.memory import cache_folder

FORMAT = 1
MOST_BYTES = 16 * 2**20
"""The largest record that is kept or read."""
MOST_RECORDS = 256
"""The most records that are kept for each kind of facts; the one not written for the longest time goes first."""

State = tuple[str, int, int, int]


def state(path: Path) -> State:
    """A file's path, size and times; the last of these can't be set by hand. Raises OSError or ValueError."""
    path = path.resolve()
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns, found.st_ctime_ns


def states(paths: Iterable[Path]) -> list[State] | None:
    """The states of some files, to be compared later; None if one of them can't be looked at."""
    try:
        return [state(path) for path in paths]
    except (OSError, RuntimeError, ValueError):  # a link to itself, a name that no file can have
        return None


def recall(kind: str, question: Any, files: list[State]) -> Any:
    """What was kept in answer to a question about files that are as they were; None if there is nothing.

    It saves time and proves nothing: who uses it looks at the files themselves before they count.
    """
    path = _path(kind, question, files)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
                return None
            record = json.loads(file.read(MOST_BYTES))
        # the digest in the name could be that of another question only if somebody put the file there
        return record["answer"] if record["question"] == _question(question, files) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def keep(kind: str, question: Any, files: list[State], answer: Any) -> None:
    """Keep an answer, which is JSON data, if the files are still as they were. Where it can't be written it isn't."""
    if states(Path(path) for path, *_ in files) != files:
        return
    path = _path(kind, question, files)
    content = json.dumps({"question": _question(question, files), "answer": answer}).encode()
    if len(content) > MOST_BYTES:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:  # the disk is full, or Ctrl-C
            Path(name).unlink(missing_ok=True)
            raise
        _free_space(path.parent)


def _path(kind: str, question: Any, files: list[State]) -> Path:
    facts = json.dumps(_question(question, files), sort_keys=True)
    return cache_folder() / kind / f"{hashlib.sha256(facts.encode()).hexdigest()}.json"


def _question(question: Any, files: list[State]) -> Any:
    """The question as it comes back from JSON, with all that its answer follows from."""
    try:
        release = version("netspec-lang")
    except PackageNotFoundError:  # a checkout that isn't installed
        release = ""
    return json.loads(json.dumps([FORMAT, release, question, files]))


def _free_space(folder: Path) -> None:
    """Remove the oldest records until no more are left than may be."""
    records = sorted(folder.iterdir(), key=lambda record: record.stat().st_mtime)
    for record in records[:-MOST_RECORDS]:
        record.unlink(missing_ok=True)
