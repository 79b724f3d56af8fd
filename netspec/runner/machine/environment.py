"""What a run's numbers depend on beside its spec: versions, device, threads, platform."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from netspec.runner.machine.device import describe

DISTRIBUTIONS = {
    "netspec": "netspec-lang",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "safetensors": "safetensors",
}
"""The packages whose versions are recorded, with the names under which they are installed."""


def environment(device: torch.device) -> dict[str, str]:
    """The versions of what is installed, read without importing it, and where the run computes."""
    versions = {name: found for name, distribution in DISTRIBUTIONS.items() if (found := version_of(distribution))}
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,  # says for which accelerator it is built, which the package's version doesn't
        **versions,
        "device": describe(device),
        "threads": str(torch.get_num_threads()),
        "platform": platform.platform(),
    }


def version_of(distribution: str) -> str | None:
    """The version of a package under the name that it is installed as, None where it isn't."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
