"""The allocator of CPU tensors: freed memory stays with the process for the next tensors."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Generator
from contextlib import contextmanager

# from glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
TRIM_THRESHOLD = 128 * 1024
"""glibc's default: as many free bytes at the end of its memory are returned to the system."""
LARGEST_THRESHOLD = 32 * 2**20
"""The largest M_MMAP_THRESHOLD that every glibc accepts, and to which it rises by itself at most."""


@contextmanager
def keep_freed_memory() -> Generator[None]:
    """Within the block the process keeps the memory that it frees, if its allocator is glibc's.

    Each step of a training allocates and frees the same tensors. By default glibc returns large ones to the system,
    which has to fill each of their pages with zeros when they are allocated again: up to a fifth of the time of a step.
    """
    libc = _glibc()
    if libc is None:
        yield
        return
    # a tensor with a mapping of its own is returned at once, whatever the other threshold is
    if not libc.mallopt(M_MMAP_THRESHOLD, 2**30):
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_THRESHOLD)
    libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    try:
        yield
    finally:
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_THRESHOLD)
        libc.mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD)
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library of the process, if it is glibc."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
