"""Room for large arrays: in memory where they fit, else in files that the system pages in and out."""

from __future__ import annotations

import os
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike

CACHE_FOLDER = "NETSPEC_CACHE"
"""Names the folder for what can be made anew at any time."""
SHARE = 0.5
"""How much of the memory that is to spare an array may take."""
LIMITS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
"""What a container may have of the memory, and has."""
PAGES = Path("/sys/fs/cgroup/memory.stat")
"""What of it holds pages of files, which are given up for other things."""
PROCESSORS = Path("/sys/fs/cgroup/cpu.max")
"""For how many of how many microseconds a container may compute, on all processors together."""


class OutOfSpace(OSError):  # noqa: N818 - the field's own word
    """Neither the memory nor the disk has room for an array; the message says so in numbers."""


def cache_folder() -> Path:
    """Where what can be made anew at any time is kept: `NETSPEC_CACHE`, or `netspec` in the user's folder for that."""
    if named := os.environ.get(CACHE_FOLDER):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "netspec"


def allocate(shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """An array to be filled, without values of its own. Raises NoRoomError."""
    import numpy as np

    size = prod(shape) * np.dtype(dtype).itemsize
    if not is_large(size):
        return np.empty(shape, dtype)
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # without a name, so that it is gone with the process however that ends
        with TemporaryFile(dir=folder) as file:
            _reserve(file, size)
            return np.memmap(file, dtype, "r+", shape=shape)
    except OSError as error:
        raise OutOfSpace(
            f"{size / 2**30:.1f} GiB don't fit into the memory, nor into `{folder}`: {error.strerror or error}"
        ) from error


def is_large(size: int) -> bool:
    """Whether so many bytes are more than the memory can take at the moment."""
    there = available()
    return there is not None and size > SHARE * there


def available() -> int | None:
    """The bytes of memory that a process can have without anything being paged out; None where nobody says."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        there = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
    try:
        most, taken = (int(path.read_text()) for path in LIMITS)
    except (OSError, ValueError):  # no container, or one without a limit
        return there
    return max(min(there, most - taken + _given_up()), 0)


def _given_up() -> int:
    """The bytes of a container's memory that hold files not used of late."""
    try:
        lines = PAGES.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, StopIteration, ValueError):
        return 0


def processors() -> int:
    """How many processors this process may use, in a container the whole ones of its share."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = map(int, PROCESSORS.read_text().split())
    except (OSError, ValueError):  # no container, or one without a limit
        return there
    return min(there, max(share // period, 1))


def _reserve(file: IO[bytes], size: int) -> None:
    """Have the disk keep so many bytes free for a file: one that fills up later would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    block = bytes(2**20)
    for start in range(0, size, len(block)):
        file.write(block[: size - start])
    file.flush()
