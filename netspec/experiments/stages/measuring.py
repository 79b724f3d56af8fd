"""How long networks take for a batch, measured side by side."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from netspec.program.graph import Graph
from netspec.saved.stage_record import Latency

Forward = Callable[[Sequence[Tensor]], Tensor]
BATCHES = (1, 64)
"""The numbers of samples in the batches that are measured."""
WARM_UP, TURN = 3, 5
"""How many batches each network computes before it is measured; and how many in a row when it is its turn, so that all
but the first find its weights in the cache, as they do where one network is used alone."""
SECONDS, FEWEST, MOST = 2.0, 10, 400
"""How long all networks are measured for each size of a batch, and how many batches at least and at most."""
COMMON = 95
"""The percentile of the time that is given beside the median."""


def latencies(networks: Mapping[str, Forward], graph: Graph) -> dict[str, tuple[Latency, ...]]:
    """The time that each network takes for batches of `BATCHES` samples, with one thread; all take inputs as the graph
    does. The networks take turns, so that what else the machine does affects all of them alike."""
    found: dict[str, tuple[Latency, ...]] = dict.fromkeys(networks, ())
    with _one_thread(), torch.inference_mode():
        for batch in BATCHES:
            for name, times in _times(networks, example(graph, batch)).items():
                found[name] += (Latency(batch, float(np.median(times)), float(np.percentile(times, COMMON))),)
    return found


def _times(networks: Mapping[str, Forward], inputs: tuple[Tensor, ...]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in networks}
    for forward in networks.values():
        for _ in range(WARM_UP):
            forward(inputs)
    began = perf_counter()
    for measured in range(0, MOST, TURN):
        if measured >= FEWEST and perf_counter() - began > SECONDS:
            break
        for name, forward in networks.items():
            turn = [_seconds(forward, inputs) for _ in range(TURN + 1)]
            times[name] += turn[1:]
    return times


def _seconds(forward: Forward, inputs: tuple[Tensor, ...]) -> float:
    start = perf_counter()
    forward(inputs)
    return perf_counter() - start


def example(graph: Graph, batch: int) -> tuple[Tensor, ...]:
    """Inputs [N, …] of a network, the same each time: normally distributed, or zeros where it takes indices."""
    generator = torch.Generator().manual_seed(0)
    return tuple(
        torch.randn(batch, *item.shape.dims, generator=generator)
        if item.shape.dtype == "float32"
        else torch.zeros(batch, *item.shape.dims, dtype=getattr(torch, item.shape.dtype))
        for item in graph.inputs
    )


@contextmanager
def _one_thread() -> Generator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
