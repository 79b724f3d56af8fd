"""Running statistics of a network, kept and restored where a batch is left out."""

from __future__ import annotations

import torch
from torch import nn


class RunningStats:
    """The values of a network's buffers, such as the running mean and variance of batch norms, before a batch."""

    def __init__(self, network: nn.Module) -> None:
        self._kept = [(buffer, buffer.clone()) for buffer in network.buffers()]

    @torch.no_grad()
    def restore(self) -> None:
        """Restore them, in place."""
        for buffer, value in self._kept:
            buffer.copy_(value)
