"""The memory of a training: networks that can't fit are refused, and a full memory becomes a problem."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import nn

from netspec.problems.base import NetspecError
from netspec.problems.running import NoMemory
from netspec.program.program import Program
from netspec.runner.machine.device import total_memory


def ensure_memory(program: Program, device: torch.device) -> None:
    """Refuse a network whose weights and gradients alone exceed the memory of the device, before it is built. Raises
    NetspecError."""
    total = total_memory(device)
    if total is not None and 2 * 4 * program.graph.parameter_count > total:
        raise NetspecError.of(NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size))


@contextmanager
def memory_problems(program: Program, device: torch.device) -> Generator[None]:
    """Turn a full memory into a problem."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch has a class for its own allocator of CUDA, and messages for all else
        full = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if full or any(text in str(error) for text in ("DefaultCPUAllocator", "out of memory")):
            problem = NoMemory(None, str(device), program.graph.parameter_count, program.data.batch_size)
            raise NetspecError.of(problem) from error
        raise


def weights_size(network: nn.Module) -> int:
    """The number of bytes of a network's weights and running statistics."""
    return sum(tensor.nbytes for tensor in network.state_dict().values())
