"""The running mean of a network's weights, as `train.average` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn

from netspec.catalogue.weight_averages import Average
from netspec.data.prepare import Batch

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class Averaging:
    """A second network with the mean of the weights of the first, once something has been averaged."""

    def __init__(self, entry: Average, network: nn.Module, steps: int) -> None:
        self.entry = entry
        self.network = network
        self.steps = steps
        self.mean = deepcopy(network)
        self.started = False

    @property
    def evaluated(self) -> nn.Module:
        """The network that is judged and kept."""
        return self.mean if self.started else self.network

    @torch.no_grad()
    def after(self, step: int) -> None:
        """Take the weights after a step, counted from 0, into the mean."""
        weight = self.entry.weight(step, self.steps)
        if weight is None:
            return
        if not self.started:
            # the first weights are the mean, whatever is left of one that a training went back from
            self.mean.load_state_dict(self.network.state_dict())
            self.started = True
            return
        parameters = list(zip(self.mean.parameters(), self.network.parameters(), strict=True))
        buffers = list(zip(self.mean.buffers(), self.network.buffers(), strict=True))
        for mean, value in (*parameters, *buffers) if self.entry.buffers else parameters:
            if mean.is_floating_point():
                mean.lerp_(value, weight)
            else:
                mean.copy_(value)

    def measure_norms(self, batches: Iterable[Batch]) -> None:
        """Measure the running means and variances of batch norms anew, for the mean of the weights.

        As torch.optim.swa_utils.update_bn does, over batches of an epoch.
        """
        found = (module for module in self.mean.modules() if isinstance(module, BATCH_NORMS))
        norms = [norm for norm in found if norm.running_mean is not None]
        if not self.started or self.entry.buffers or not norms:
            return
        momenta = [norm.momentum for norm in norms]
        self.mean.eval()
        for norm in norms:
            norm.reset_running_stats()
            # every batch counts the same
            norm.momentum = None
            norm.train()
        with torch.no_grad():
            for inputs, _ in batches:
                self.mean(*inputs)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum

    def load(self, mean: Mapping[str, Tensor], *, started: bool) -> None:
        """Go on from a mean that was saved, if there was one."""
        self.started = started
        if started:
            self.mean.load_state_dict(mean)
