"""The environment of a run: versions, device, threads and platform, on which its results depend beside the spec."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import torch

from netspec.runner.machine.device import device_name

DISTRIBUTIONS = {
    "netspec": "netspec-lang",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "safetensors": "safetensors",
}
"""The packages whose versions are recorded, and the names of their distributions."""


def environment(device: torch.device) -> dict[str, str]:
    """The versions of installed packages, read without importing them, and the device, threads and platform."""
    versions = {name: found for name, distribution in DISTRIBUTIONS.items() if (found := version_of(distribution))}
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,  # says for which accelerator it is built, which the package's version doesn't
        **versions,
        "device": device_name(device),
        "threads": str(torch.get_num_threads()),
        "platform": platform.platform(),
    }


@cache
def version_of(distribution: str) -> str | None:
    """The version of a distribution; None if it isn't installed. It is looked up once: a checkpoint has it, and what is
    installed later isn't what this process computes with."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
