"""An exported file compared with its network: decisions and outputs on all samples of a split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from netspec.exporter.exportable import Exportable, Forward, taken
from netspec.exporter.subject import activation_of
from netspec.exporter.tracing import TranslationError
from netspec.program.plan import evaluation_batch

CLOSE = 1e-3, 1e-3
"""How close outputs have to be for images of other sizes, relative and absolute."""
Samples = Sequence[np.ndarray]
"""Samples as a source has them: an array [N, …] for each input."""


@dataclass(frozen=True)
class Comparison:
    """On how many of some samples a file decides as the network does, and the largest difference of their outputs."""

    samples: int
    agreeing: int
    difference: float

    @property
    def agreement(self) -> float:
        """The share of the samples on which both decide the same."""
        return self.agreeing / self.samples


def compare(exportable: Exportable, forward: Forward, samples: Samples) -> Comparison:
    """Compare what a file computes with what the network computes of the same samples."""
    subject, export = exportable.subject, exportable.export
    activation = activation_of(export, subject.program)
    loss, target = subject.program.loss, subject.program.type.target
    decisions: list[tuple[Tensor, Tensor]] = []
    difference = torch.zeros(())
    with torch.inference_mode():
        for batch, count in batches(exportable, samples):
            output = subject.network(*subject.ready(batch))[:count]
            found = forward(taken(subject, export, batch))[:count]
            wanted = subject.finished(output, activation)
            difference = torch.maximum(difference, _difference(wanted, found))
            own = loss.decide(output, target)
            decisions.append(
                (own if subject.scaling is None else subject.scaling.undone(own), subject.decided(found, export))
            )
    network, file = (torch.cat(parts) for parts in zip(*decisions, strict=True))
    agreeing = target.agreeing(network, file)
    return Comparison(len(agreeing), int(agreeing.sum()), float(difference))


def batches(exportable: Exportable, samples: Samples) -> Iterator[tuple[tuple[Tensor, ...], int]]:
    """Samples in batches that a file takes, each with how many of its samples are new: one that is too small is filled
    with samples that it has already."""
    bounds, count = exportable.export.bounds, len(samples[0])
    size = min(evaluation_batch(exportable.subject.program), bounds.high)
    for start in range(0, count, size):
        number = min(size, count - start)
        index = start + np.arange(max(number, bounds.low)) % number
        yield tuple(torch.from_numpy(np.ascontiguousarray(values[index])) for values in samples), number


def ensure_same_at_other_sizes(exportable: Exportable, forward: Forward) -> None:
    """Refuse a file that computes something else for images of other sizes than the data has, which are drawn at
    random. Raises TranslationError."""
    if exportable.export.sizes is None:
        return
    (heights, widths), generator = exportable.export.sizes, torch.Generator().manual_seed(0)
    for height, width in ((heights.low, widths.low), (heights.high, widths.low), (heights.low, widths.high)):
        inputs = tuple(_drawn(values, (height, width), generator) for values in exportable.example)
        with torch.inference_mode():
            wanted, found = exportable.module(*inputs), forward(inputs)
        if not torch.allclose(wanted, found, *CLOSE):
            difference = float(_difference(wanted, found))
            raise TranslationError(f"outputs for images of [{height}, {width}] differ by {difference:.2g}")


def _drawn(like: Tensor, sizes: tuple[int, int], generator: torch.Generator) -> Tensor:
    shape = (*like.shape[:2], *sizes)
    if like.is_floating_point():
        return torch.randn(shape, generator=generator, dtype=like.dtype)
    return torch.randint(0, 256, shape, generator=generator).to(like.dtype)


def _difference(wanted: Tensor, found: Tensor) -> Tensor:
    """The largest difference of two tensors, a scalar; numbers that are both NaN or infinite don't differ."""
    if wanted.shape != found.shape:
        return torch.tensor(torch.inf)
    same = (wanted == found) | (wanted.isnan() & found.isnan())
    return (wanted - found).abs().masked_fill(same, 0).max().float()
