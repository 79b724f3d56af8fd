"""What an epoch of training adds up to: its loss and how many decisions were right, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum, nan
from operator import mul
from typing import Any

import torch
from torch import Tensor


@dataclass
class EpochStats:
    """Losses and sizes of the batches so far; `rights` has the right decisions of each where targets are classes.

    What is measured stays on the device until it is asked for: `known` are the batches whose numbers were, so that the
    device is waited for once an epoch, and once for each checkpoint within it.
    """

    sizes: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    _losses: list[Tensor] = field(default_factory=list)
    _rights: list[Tensor] = field(default_factory=list)
    _seen: float = 0.0
    _looks: int = 0

    def add(self, size: int, loss: Tensor, right: Tensor | None) -> None:
        self.sizes.append(size)
        self._losses.append(loss)
        if right is not None:
            self._rights.append(right)

    def look(self, loss: Tensor) -> float:
        """Fetch the loss of a batch before its time; the device is waited for."""
        value = loss.item()
        self._seen += value
        self._looks += 1
        return value

    def running_loss(self) -> float:
        """The mean of the losses that were looked at since the process is at this epoch; no number if none was."""
        return self._seen / self._looks if self._looks else nan

    def settle(self) -> None:
        """Fetch from the device what has been measured since the last time."""
        for numbers, tensors in ((self.losses, self._losses), (self.rights, self._rights)):
            if tensors:
                numbers += torch.stack(tensors).tolist()
                tensors.clear()

    def loss(self) -> float:
        """The mean over all samples of what are means over batches; no number where there are none."""
        self.settle()
        samples = sum(self.sizes)
        return fsum(map(mul, self.losses, self.sizes)) / samples if samples else nan

    def accuracy(self) -> float | None:
        """The share of right decisions; None where nothing is decided."""
        self.settle()
        return fsum(self.rights) / sum(self.sizes) if self.rights else None

    def as_data(self) -> dict[str, Any]:
        """The numbers as JSON has them: every one reads back as the same."""
        self.settle()
        return {"sizes": list(self.sizes), "losses": list(self.losses), "rights": list(self.rights)}
