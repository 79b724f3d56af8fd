"""Memory that a CPU's tensors free, kept for the next ones."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Generator
from contextlib import contextmanager

# from glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
TRIM_THRESHOLD = 128 * 1024
"""What glibc begins with: so many free bytes at the end of its memory are given back."""
LARGEST_THRESHOLD = 32 * 2**20
"""The most that every glibc takes for M_MMAP_THRESHOLD, and what it rises to by itself at most."""


@contextmanager
def freed_memory_kept() -> Generator[None]:
    """Within the block the process keeps what it frees, where its allocator is glibc's.

    Each step of a training makes and frees the same tensors. By itself glibc gives large ones back to the system,
    which has to fill each of their pages with zeros when they are made again: up to a fifth of a step.
    """
    libc = _glibc()
    if libc is None:
        yield
        return
    # a tensor of its own mapping is given back at once, whatever the other threshold is
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
