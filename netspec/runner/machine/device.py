"""Devices: those of this machine, their names and memory, their random numbers, reproducible computation."""

from __future__ import annotations

import os
import platform
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import torch

from netspec.memory import processors
from netspec.problems.base import NetspecError
from netspec.problems.running import DeviceUnavailable
from netspec.program.program import Program
from netspec.source import Span


def available() -> tuple[str, ...]:
    """The devices of this machine that torch can use, the preferred one first."""
    found = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
        "cpu": True,
    }
    return tuple(name for name, is_available in found.items() if is_available)


def choose_device(program: Program, override: str | None = None) -> torch.device:
    """The device of a program: the override, else `train.device`. Raises NetspecError if it isn't available."""
    if override is not None:
        return named_device(override)
    return named_device(program.train.device, program.span_of("train.device"))


def named_device(name: str, span: Span | None = None) -> torch.device:
    """The device of a name, for `auto` the first available one; `span` is the name's place in a spec, None if it isn't
    from a spec. Raises NetspecError if it isn't available."""
    names = available()
    if name == "auto":
        name = names[0]
    if name not in names:
        raise NetspecError.of(DeviceUnavailable(span, name, names))
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """The maker's name of a device."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "xpu":
            return torch.xpu.get_device_name(device)
        case "mps":
            return f"Apple GPU ({platform.machine()})"
        case _:
            return platform.processor() or platform.machine()


def total_memory(device: torch.device) -> int | None:
    """The memory of a device in bytes, used or not; None if it is unknown."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_properties(device).total_memory
        case "cpu" if hasattr(os, "sysconf"):
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        case _:
            return None


def free_memory(device: torch.device) -> int | None:
    """The unused memory of an accelerator in bytes; None for a CPU."""
    match device.type:
        case "cuda":
            return torch.cuda.mem_get_info(device)[0]
        case "xpu":
            return torch.xpu.mem_get_info(device)[0]
        case "mps":
            return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
        case _:
            return None


def limit_threads() -> None:
    """Compute with no more threads than the processors that this process may use.

    torch starts one for each core of the machine, also in a container that has a few of them: they would wait for each
    other at each operation.
    """
    if torch.get_num_threads() > processors():
        torch.set_num_threads(processors())


@contextmanager
def seeded(device: torch.device) -> Generator[None]:
    """Around code that calls `reseed`: after the block torch's random numbers continue as if it hadn't run."""
    own = _generator_of(device)
    before = own.get_rng_state() if own else None
    with torch.random.fork_rng(devices=()):
        try:
            yield
        finally:
            if own is not None and before is not None:
                own.set_rng_state(before)


def reseed(device: torch.device, seed: int) -> None:
    """From here on torch's random numbers follow from the seed alone."""
    torch.default_generator.manual_seed(seed)
    if own := _generator_of(device):
        own.manual_seed(seed)


def _generator_of(device: torch.device) -> Any:
    """The module with the random numbers of a device; None for a CPU."""
    return {"cuda": torch.cuda, "xpu": torch.xpu, "mps": torch.mps}.get(device.type)


@contextmanager
def reproducible(device: torch.device, strict: bool) -> Generator[None]:
    """Within the block the same steps give the same bits on the same device.

    A CPU does so anyway. An accelerator uses deterministic kernels if it has them; if not, torch warns, or if `strict`
    raises RuntimeError.
    """
    if device.type == "cpu":
        yield
        return
    benchmark, deterministic = torch.backends.cudnn.benchmark, torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    filling: Any = torch.utils.deterministic  # a module that is replaced by an object
    filled = filling.fill_uninitialized_memory
    # read by CUDA when it starts, and the only way to have its matrix products add up in one order
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=not strict)
    # uninitialized memory is never read
    filling.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = benchmark
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        filling.fill_uninitialized_memory = filled
