"""A memory that is full is a problem with numbers, whichever device it is of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.machine.memory import ensure_memory, memory_problems

FULL: list[Exception] = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GiB, max allowed: 9.07 GiB)"),
    RuntimeError("CUDA error: out of memory"),  # of what isn't in the memory of CUDA's own allocator
]


@pytest.mark.parametrize("error", FULL, ids=str)
def test_a_full_memory_is_told_with_what_needs_it(make_program: Callable[..., Program], error: Exception) -> None:
    with (
        pytest.raises(NetspecError, match="parameters") as raised,
        memory_problems(make_program(), torch.device("cpu")),
    ):
        raise error
    assert raised.value.diagnostics[0].code == "NS602"


def test_other_errors_come_out_as_they_are(make_program: Callable[..., Program]) -> None:
    with pytest.raises(RuntimeError, match="sizes"), memory_problems(make_program(), torch.device("cpu")):
        raise RuntimeError("sizes don't fit")


def test_a_network_that_can_not_fit_is_refused_before_it_is_built(
    make_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program()
    weights_and_gradients = 2 * 4 * program.graph.parameter_count
    monkeypatch.setattr("netspec.runner.machine.memory.total_memory", lambda _: weights_and_gradients)
    ensure_memory(program, torch.device("cpu"))
    monkeypatch.setattr("netspec.runner.machine.memory.total_memory", lambda _: weights_and_gradients - 1)
    with pytest.raises(NetspecError) as raised:
        ensure_memory(program, torch.device("cpu"))
    assert raised.value.diagnostics[0].code == "NS602"
