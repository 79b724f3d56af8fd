"""The running mean of a network's weights, for `train.average`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn

from netspec.catalogue.weight_averages import Average
from netspec.data.prepare import Batch

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class WeightAveraging:
    """A second network with the mean of the weights of the first, once something has been averaged."""

    def __init__(self, entry: Average, network: nn.Module, steps: int) -> None:
        """`steps` is the number of steps of the whole training."""
        self.entry = entry
        self.network = network
        self.steps = steps
        self.mean = deepcopy(network)
        self.started = False

    @property
    def eval_network(self) -> nn.Module:
        """The network that is evaluated and saved."""
        return self.mean if self.started else self.network

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Add the weights after a step, counted from 0, to the mean."""
        weight = self.entry.weight(step, self.steps)
        if weight is None:
            return
        if not self.started:
            # the first weights are the mean, whatever is left of one that a training rolled back from
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

    def update_batch_norms(self, batches: Iterable[Batch]) -> None:
        """Recompute the running means and variances of batch norms for the mean of the weights, over batches of an
        epoch, as torch.optim.swa_utils.update_bn does."""
        found = (module for module in self.mean.modules() if isinstance(module, BATCH_NORMS))
        norms = [norm for norm in found if norm.running_mean is not None]
        if not self.started or self.entry.buffers or not norms:
            return
        momenta = [norm.momentum for norm in norms]
        self.mean.eval()
        for norm in norms:
            norm.reset_running_stats()
            # every batch has the same weight
            norm.momentum = None
            norm.train()
        with torch.no_grad():
            for inputs, _ in batches:
                self.mean(*inputs)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum

    def load(self, mean: Mapping[str, Tensor], *, started: bool) -> None:
        """Load a saved mean, if one was `started`."""
        self.started = started
        if started:
            self.mean.load_state_dict(mean)
