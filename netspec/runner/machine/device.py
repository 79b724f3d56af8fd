"""Everything that differs from device to device: which there are, their names, their chance."""

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
from netspec.source import Span


def available() -> tuple[str, ...]:
    """The devices of this machine that torch can use, the one to prefer first."""
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
        "cpu": True,
    }
    return tuple(name for name, is_there in there.items() if is_there)


def choose(name: str, span: Span | None = None) -> torch.device:
    """The device of that name, `auto` the first that is there; `span` is where the spec asks for it, None where the
    command line does. Raises NetspecError."""
    names = available()
    if name == "auto":
        name = names[0]
    if name not in names:
        raise NetspecError.of(DeviceUnavailable(span, name, names))
    return torch.device(name)


def describe(device: torch.device) -> str:
    """What the device is called by its maker."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "xpu":
            return torch.xpu.get_device_name(device)
        case "mps":
            return f"Apple GPU ({platform.machine()})"
        case _:
            return platform.processor() or platform.machine()


def memory(device: torch.device) -> int | None:
    """How many bytes the device has in all, for whoever uses it; None where nobody says."""
    match device.type:
        case "cuda":
            return torch.cuda.get_device_properties(device).total_memory
        case "cpu" if hasattr(os, "sysconf"):
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        case _:
            return None


def spare(device: torch.device) -> int | None:
    """How many bytes of the device nobody uses; None on a CPU."""
    match device.type:
        case "cuda":
            return torch.cuda.mem_get_info(device)[0]
        case "xpu":
            return torch.xpu.mem_get_info(device)[0]
        case "mps":
            return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
        case _:
            return None


def fit_threads() -> None:
    """Compute with no more threads than the processors that this process may use.

    torch takes one for each core of the machine, also in a container that has a few of them: they would wait for each
    other at each operation.
    """
    if torch.get_num_threads() > processors():
        torch.set_num_threads(processors())


@contextmanager
def seeded(device: torch.device) -> Generator[None]:
    """Around what calls `reseed`: outside of the block torch's chance goes on as if nothing had been."""
    own = _generator_of(device)
    before = own.get_rng_state() if own else None
    with torch.random.fork_rng(devices=()):
        try:
            yield
        finally:
            if own is not None and before is not None:
                own.set_rng_state(before)


def reseed(device: torch.device, seed: int) -> None:
    """From here on torch's chance follows from the seed alone."""
    torch.default_generator.manual_seed(seed)
    if own := _generator_of(device):
        own.manual_seed(seed)


def _generator_of(device: torch.device) -> Any:
    """The module with the random numbers of a device, None for a CPU."""
    return {"cuda": torch.cuda, "xpu": torch.xpu, "mps": torch.mps}.get(device.type)


@contextmanager
def reproducible(device: torch.device, strict: bool) -> Generator[None]:
    """Within the block the same steps give the same bits on the same device.

    A CPU does so anyway. An accelerator is asked to take deterministic kernels where it has them; where it hasn't, it
    warns, or if `strict` raises RuntimeError.
    """
    if device.type == "cpu":
        yield
        return
    benchmark, deterministic = torch.backends.cudnn.benchmark, torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    filling: Any = torch.utils.deterministic  # a class in a module's place
    filled = filling.fill_uninitialized_memory
    # read by CUDA when it starts, and the only way to have its matrix products add up in one order
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=not strict)
    # nothing reads memory that wasn't written
    filling.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = benchmark
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        filling.fill_uninitialized_memory = filled
