"""The latency of a network: how long it takes for one sample, measured."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter

import torch

from netspec.runner.uses.saved_run import SavedRun

WARM_UP, MEASURED = 5, 30
"""How many samples are computed before it is measured, and how many are measured."""


def latency_of(folder: Path) -> float:
    """The median time in seconds that the network of a finished run takes for one sample on the CPU. Raises
    NetspecError if the run can't be read."""
    saved = SavedRun.of(folder)
    inputs = [
        torch.zeros(1, *item.shape.dims, dtype=getattr(torch, item.shape.dtype)) for item in saved.program.graph.inputs
    ]
    times: list[float] = []
    with torch.inference_mode():
        for _ in range(WARM_UP + MEASURED):
            began = perf_counter()
            saved.network(*inputs)
            times.append(perf_counter() - began)
    return median(times[WARM_UP:])
