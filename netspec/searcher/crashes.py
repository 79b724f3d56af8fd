"""Crashes: how often the process of a trial ended by itself, as the file of its lease says; a kill is no crash."""

from __future__ import annotations

import faulthandler
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from netspec.catalogue.entry import as_count, as_list, as_text
from netspec.formats.strict_json import from_json

LIMIT = 3
"""How often the process of a trial may crash without a new checkpoint before the trial has failed."""
FATAL = b"Fatal Python error: "
"""What Python writes when a signal ends it that no other process sends: segmentation fault, abort, bus error."""
SIZE_LIMIT = 2**16
VMSTAT = Path("/proc/vmstat")


def checkpoints_of(folder: Path) -> str:
    """A text that changes with each checkpoint of a trial's runs."""
    found = (*folder.glob("checkpoints/epoch-*"), *folder.glob("*/checkpoints/epoch-*"))
    names = sorted(path.relative_to(folder).as_posix() for path in found)
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def take_over(descriptor: int, at: str) -> tuple[str, ...]:
    """Read what the process before left in the file of a lease, and write down that this one takes it at that
    checkpoint. Returns the reasons of the crashes since that was saved, the last one last."""
    crashes = _crashes(os.pread(descriptor, SIZE_LIMIT, 0), at)
    _write(descriptor, {"at": at, "crashes": crashes, "killed": _killed()})
    return tuple(crashes)


def give_back(descriptor: int, at: str, crashes: tuple[str, ...]) -> None:
    """Write down that this process didn't crash."""
    _write(descriptor, {"at": at, "crashes": crashes, "killed": None})


@contextmanager
def noted(descriptor: int) -> Generator[None]:
    """Have Python write to the file why it crashes, if it isn't told to write that elsewhere."""
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(descriptor, all_threads=False)
    try:
        yield
    finally:
        faulthandler.disable()


def _crashes(content: bytes, at: str) -> list[str]:
    first, _, rest = content.partition(b"\n")
    try:
        record: Any = from_json(first)
        known = [as_text(reason) for reason in as_list(record["crashes"])] if record["at"] == at else []
        killed = record["killed"] if record["killed"] is None else as_count(record["killed"])
    except (ValueError, TypeError, KeyError):
        return []  # a new file, or one that its process could not write whole
    fatal = [line.removeprefix(FATAL) for line in rest.splitlines() if line.startswith(FATAL)]
    now = _killed()
    if fatal:
        known.append(fatal[-1].decode(errors="replace"))
    elif killed is not None and now is not None and now > killed:
        known.append("the system ended it as memory ran out")
    return known[-LIMIT:]


def _write(descriptor: int, record: dict[str, Any]) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(record).encode() + b"\n")


def _killed() -> int | None:
    """How many processes this system has ended because its memory was full; None where that isn't known."""
    try:
        lines = VMSTAT.read_text().splitlines()
        return next(int(value) for name, value in map(str.split, lines) if name == "oom_kill")
    except (OSError, ValueError, StopIteration):
        return None
