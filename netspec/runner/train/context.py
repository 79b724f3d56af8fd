"""The context of a training: torch's settings for a program on a device, and failures of the machine as problems."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

from netspec.program.execution import is_strict
from netspec.program.program import Program
from netspec.runner.machine.device import limit_threads, reproducible
from netspec.runner.machine.memory import memory_problems
from netspec.runner.train.compiling import compile_problems


@contextmanager
def training_context(program: Program, device: torch.device) -> Generator[None]:
    """Within the block a program is computed reproducibly and as fast as the machine allows; if it runs out of memory
    or can't be compiled, NetspecError is raised."""
    limit_threads()
    with reproducible(device, is_strict(program)), memory_problems(program, device), compile_problems(program):
        yield
