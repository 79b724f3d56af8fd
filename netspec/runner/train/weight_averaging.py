"""The running mean of a network's weights, for `train.average`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from netspec.catalogue.weight_averages import Average
from netspec.data.prepare import Batch
from netspec.runner.nonfinite import all_finite
from netspec.runner.train.running_stats import RunningStats


def has_running_stats(module: nn.Module) -> bool:
    """Whether a module keeps a running mean and variance of what it normalizes."""
    return isinstance(getattr(module, "running_mean", None), Tensor)


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
        # what is frozen was never moved, and the mean of a number isn't always that number's bits
        pairs = zip(self.mean.parameters(), self.network.parameters(), strict=True)
        parameters = [(mean, value) for mean, value in pairs if value.requires_grad]
        buffers = list(zip(self.mean.buffers(), self.network.buffers(), strict=True))
        for mean, value in (*parameters, *buffers) if self.entry.buffers else parameters:
            if mean.is_floating_point():
                mean.lerp_(value, weight)
            else:
                mean.copy_(value)

    def update_norms(self, batches: Iterable[Batch], *, frozen: Collection[nn.Module] = (), skip: bool = False) -> None:
        """Recompute the running means and variances of normalization layers for the mean of the weights, over batches
        of an epoch, as torch.optim.swa_utils.update_bn does for batch norms; those of the network's `frozen` layers
        stay as they are. With `skip` without the batches of which they would overflow."""
        pairs = zip(self.network.modules(), self.mean.modules(), strict=True)
        norms: list[Any] = [its for own, its in pairs if has_running_stats(own) and own not in frozen]
        if not self.started or self.entry.buffers or not norms:
            return
        momenta = [norm.momentum for norm in norms]
        self.mean.eval()
        for norm in norms:
            norm.reset_running_stats()
            norm.train()
        number = 1
        with torch.no_grad():
            for inputs, _ in batches:
                for norm in norms:
                    # every batch has the same weight; torch's own way, a momentum of None, isn't for instance norms
                    norm.momentum = 1 / number
                before = RunningStats(self.mean) if skip else None
                self.mean(*inputs)
                if before is not None and not all_finite(self.mean.buffers()):
                    before.restore()
                else:
                    number += 1
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum

    def load(self, mean: Mapping[str, Tensor], *, started: bool) -> None:
        """Load a saved mean, if one was `started`."""
        self.started = started
        if started:
            self.mean.load_state_dict(mean)
