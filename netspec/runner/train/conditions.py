"""Under what networks are trained, for whichever command it is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

from netspec.program.execution import is_strict
from netspec.program.program import Program
from netspec.runner.machine.device import fit_threads, reproducible
from netspec.runner.machine.memory import memory_problems
from netspec.runner.train.compiling import compile_problems


@contextmanager
def conditions(program: Program, device: torch.device) -> Generator[None]:
    """Within the block a program is computed reproducibly and as fast as the machine allows, and what it can't do is a
    problem with a message."""
    fit_threads()
    with reproducible(device, is_strict(program)), memory_problems(program, device), compile_problems(program):
        yield
