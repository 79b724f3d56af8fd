"""Memory that a training needs: refused where it can't be enough, and said in numbers where it wasn't."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

from netspec.problems.base import NetspecError
from netspec.problems.running import NoMemory
from netspec.program.program import Program
from netspec.runner.machine.device import memory


def ensure_memory(program: Program, device: torch.device) -> None:
    """Refuse a network whose weights and gradients alone are more than the device has, before it is built."""
    there = memory(device)
    if there is not None and 2 * 4 * program.graph.parameter_count > there:
        raise NetspecError.of(NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size))


@contextmanager
def memory_problems(program: Program, device: torch.device) -> Generator[None]:
    """Turns a full memory into a problem."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch has a class for what its own allocator of CUDA lacks, and texts for all else
        full = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if full or any(text in str(error) for text in ("DefaultCPUAllocator", "out of memory")):
            problem = NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size)
            raise NetspecError.of(problem) from error
        raise
