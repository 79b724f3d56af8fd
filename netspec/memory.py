"""Allocation of large arrays: in memory if they fit, else in files that the system pages in and out."""

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
"""The environment variable that names the cache folder."""
MAX_FRACTION = 0.5
"""The largest fraction of the available memory that an array may take."""
LIMITS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
"""The memory limit of a container, and the memory that it uses."""
PAGES = Path("/sys/fs/cgroup/memory.stat")
"""The part of it that caches files, which the system frees for other things."""
PROCESSORS = Path("/sys/fs/cgroup/cpu.max")
"""The CPU time of a container in microseconds, of all processors together, and the period that it is for."""


class OutOfSpace(OSError):  # noqa: N818 - the field's own word
    """An array fits neither into the memory nor on the disk; the message has the numbers."""


def cache_folder() -> Path:
    """The folder of files that can be deleted at any time: `NETSPEC_CACHE`, or `netspec` in the user's cache folder."""
    if named := os.environ.get(CACHE_FOLDER):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "netspec"


def allocate(shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """An uninitialized array. Raises OutOfSpace."""
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
    """Whether an array of so many bytes is too large for the memory that is available now."""
    free = available()
    return free is not None and size > MAX_FRACTION * free


def available() -> int | None:
    """The memory in bytes that a process can allocate without swapping; None if it is unknown."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
    try:
        limit, used = (int(path.read_text()) for path in LIMITS)
    except (OSError, ValueError):  # no container, or one without a limit
        return free
    return max(min(free, limit - used + _reclaimable()), 0)


def _reclaimable() -> int:
    """The bytes of a container's memory that cache files not used recently."""
    try:
        lines = PAGES.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, StopIteration, ValueError):
        return 0


def processors() -> int:
    """The number of processors that this process may use, in a container its quota rounded down."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = map(int, PROCESSORS.read_text().split())
    except (OSError, ValueError):  # no container, or one without a limit
        return count
    return min(count, max(quota // period, 1))


def _reserve(file: IO[bytes], size: int) -> None:
    """Reserve disk space for a file, in bytes: a disk that fills up later would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    block = bytes(2**20)
    for start in range(0, size, len(block)):
        file.write(block[: size - start])
    file.flush()
