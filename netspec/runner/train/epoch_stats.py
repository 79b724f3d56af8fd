"""Statistics of a training epoch: its loss and its accuracy, accumulated batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum, nan
from operator import mul
from typing import Any

import torch
from torch import Tensor

from netspec.modules.losses import over_all


@dataclass
class EpochStats:
    """Losses and sizes of the batches so far; `rights` has the number of correct decisions of each if targets are
    classes, and `parts` of each its losses with what they are the means over, [losses, 2], if not all are the means
    over the samples.

    Losses stay on the device until `fetch`, so that the device is waited for once an epoch, and once for each
    checkpoint within it.
    """

    sizes: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    parts: list[list[list[float]]] = field(default_factory=list)
    _losses: list[Tensor] = field(default_factory=list)
    _rights: list[Tensor] = field(default_factory=list)
    _parts: list[Tensor] = field(default_factory=list)
    _fetched_sum: float = 0.0
    _fetched: int = 0

    def add(self, size: int, loss: Tensor, right: Tensor | None, parts: Tensor | None = None) -> None:
        self.sizes.append(size)
        self._losses.append(loss)
        if right is not None:
            self._rights.append(right)
        if parts is not None:
            self._parts.append(parts)

    def fetch_loss(self, loss: Tensor) -> float:
        """Fetch the loss of one batch at once; the device is waited for."""
        value = loss.item()
        self._fetched_sum += value
        self._fetched += 1
        return value

    def running_loss(self) -> float:
        """The mean of the losses fetched one by one since this process is in this epoch; NaN if there are none."""
        return self._fetched_sum / self._fetched if self._fetched else nan

    def fetch(self) -> None:
        """Fetch from the device what was added since the last time."""
        fetched: tuple[tuple[list[Any], list[Tensor]], ...] = (
            (self.losses, self._losses),
            (self.rights, self._rights),
            (self.parts, self._parts),
        )
        for numbers, tensors in fetched:
            if tensors:
                numbers += torch.stack(tensors).tolist()
                tensors.clear()

    def loss(self, batches: int = 0) -> float:
        """The mean loss over all samples of the last `batches`, by default of all; NaN without samples."""
        self.fetch()
        losses, sizes, parts = self.losses[-batches:], self.sizes[-batches:], self.parts[-batches:]
        # a checkpoint of an older version has no parts
        if parts and len(parts) == len(losses):
            return over_all(parts)
        samples = sum(sizes)
        return fsum(map(mul, losses, sizes)) / samples if samples else nan

    def accuracy(self) -> float | None:
        """The fraction of correct decisions; None if targets aren't classes."""
        self.fetch()
        return fsum(self.rights) / sum(self.sizes) if self.rights else None

    def as_data(self) -> dict[str, Any]:
        """The statistics as JSON data: every number is read back as the same."""
        self.fetch()
        return {
            "sizes": list(self.sizes),
            "losses": list(self.losses),
            "rights": list(self.rights),
            "parts": [[list(part) for part in batch] for batch in self.parts],
        }
