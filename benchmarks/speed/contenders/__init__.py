"""Those who do the works, each a command for any of them: `python -m benchmarks.speed.contenders.script WORK DATA`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.speed.work import Work

OURS = "netspec"
RIVALS = ("script", "limit", "skorch", "lightning", "keras_torch")
LIBRARIES = {"skorch": "skorch", "lightning": "pytorch_lightning", "keras_torch": "keras"}
"""What the rivals are written with, which `pip install -e ".[bench]"` brings."""


def those_there(work: Work) -> list[str]:
    """The rivals that can do a work, here and at all: the best loop needs all of the data in memory."""
    return [
        name
        for name in RIVALS
        if (name not in LIBRARIES or find_spec(LIBRARIES[name])) and (name != "limit" or work.data.fits)
    ]


def command(contender: str, work: Work, data: Path, epochs: int, seed: int) -> list[str]:
    """The command line of a contender, a process of its own."""
    module = f"{__name__}.{contender}"
    return [sys.executable, "-m", module, work.name, str(data), "--epochs", str(epochs), "--seed", str(seed)]
