"""The training samples that a sample is most like, in what the last layer of the network takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from netspec.builder.network import Network
from netspec.builder.views import View
from netspec.catalogue.sources import Samples
from netspec.data.prepare import RawSplits
from netspec.data.split import subsample
from netspec.problems.base import NetspecError
from netspec.program.graph import Graph
from netspec.program.plan import evaluation_batch
from netspec.render.words import count
from netspec.runner.uses.saved_run import SavedRun

MOST = 5000
"""The training samples that are compared at most; more take minutes for a large network on a CPU."""
MOST_BYTES = 2**28
"""What their features take at most."""
NEAREST = 6


def penultimate(graph: Graph) -> tuple[int, str]:
    """What the last linear layer or convolution takes: the number of the value and the path of the layer. Without such
    a layer it is the input of the network, and the path is empty."""
    for index in sorted(graph.live, reverse=True):
        node = graph.nodes[index]
        if node.inputs and node.parameters and node.flops:
            return node.inputs[0], node.path
    return 0, ""


@dataclass(frozen=True)
class Compared:
    """Some training samples with their features [N, D]; `splits` are all samples of the data."""

    splits: RawSplits
    samples: Samples
    features: Tensor

    def nearest(self, features: Tensor) -> list[tuple[int, float]]:
        """The indices of the samples that are nearest to features [D], the nearest first, with their distances."""
        distances = (self.features - features).square().sum(1).sqrt()
        found = distances.topk(min(NEAREST, len(distances)), largest=False)
        return list(zip(found.indices.tolist(), found.values.tolist(), strict=True))


@dataclass
class Similar:
    """Compares samples with training samples, whose features are computed once, in a thread of their own.

    `found` is None until then; `missing` says why it stays so, if the data isn't there any more.
    """

    saved: SavedRun
    found: Compared | None = None
    missing: str | None = None
    done: int = 0
    chosen: int = 0
    _ended: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self, lock: Lock) -> None:
        """Begin to compute; `lock` is held while the network computes."""
        self._thread = Thread(target=self._compute, args=(lock,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Compute no further; data that is being loaded isn't waited for."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=1)

    def wait(self) -> None:
        """Wait until all is computed."""
        if self._thread is not None:
            self._thread.join()

    @property
    def distance(self) -> str:
        """The distance in words."""
        value, path = penultimate(self.saved.program.graph)
        size = count(self.saved.program.graph.shapes[value].size)
        if value < len(self.saved.program.graph.inputs):
            return f"Euclidean distance of the {size} transformed values"
        return f"Euclidean distance of the {size} features before the last layer ({path})"

    def features(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """The features [N, D] of samples as the network takes them."""
        with torch.inference_mode():
            (found,) = self._view(*inputs)
        return found.flatten(1).float()

    def _compute(self, lock: Lock) -> None:
        try:
            splits = self.saved.load()
            self._compare(splits, lock)
        except NetspecError as error:
            self.missing = "; ".join(one.message for one in error.diagnostics)

    def _compare(self, splits: RawSplits, lock: Lock) -> None:
        value, _ = penultimate(self.saved.program.graph)
        most = min(MOST, MOST_BYTES // (4 * self.saved.program.graph.shapes[value].size))
        samples = splits.train.at(subsample(len(splits.train.targets), max(most, 1)))
        self.chosen = len(samples.targets)
        parts: list[Tensor] = []
        for start in range(0, self.chosen, size := evaluation_batch(self.saved.program)):
            if self._ended.is_set():
                return
            with lock:
                parts.append(self.features(self.saved.ready(samples.at(slice(start, start + size)).inputs)))
            self.done = min(start + size, self.chosen)
        self.found = Compared(splits, samples, torch.cat(parts))

    @property
    def _view(self) -> Callable[..., tuple[Tensor, ...]]:
        graph = self.saved.program.graph
        value, _ = penultimate(graph)
        return View(cast(Network, self.saved.network), graph, range(len(graph.inputs)), (value,))


def random_sample(splits: RawSplits, rng: np.random.Generator) -> tuple[str, np.ndarray, Any]:
    """A sample that the network wasn't trained on, if there is one: the name of its split, its input, its target."""
    name = next(name for name in ("test", "validation", "train") if name in splits.splits)
    samples = splits.splits[name]
    index = int(rng.integers(len(samples.targets)))
    return name, samples.inputs[0][index], samples.targets[index].tolist()
