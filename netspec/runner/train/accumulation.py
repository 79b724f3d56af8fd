"""Accumulation: the weights of the batches of a step, such that its gradient is that of all its samples at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from netspec.program.plan import batch_bounds
from netspec.runner.train.steps import loss_scales

if TYPE_CHECKING:
    from netspec.runner.train.training import Training


@dataclass(frozen=True)
class Accumulation:
    """The fractions of a step that each batch of an epoch is: `samples` by its samples, `losses` for each loss by what
    its mean is over, which for class weights is the sum of the weights of the samples.

    `losses` is None if the fractions of all losses are those of the samples.
    """

    samples: tuple[float, ...]
    losses: tuple[tuple[float, ...], ...] | None = None

    @classmethod
    def of(cls, training: Training, epoch: int) -> Accumulation:
        """The fractions of an epoch, whose batches have other samples in each epoch."""
        samples, train = training.steps.loss_scales, training.program.train
        if train.accumulate == 1 or not training.criterion.weighs:
            return cls(samples)
        targets = training.data.targets(epoch)
        bounds = batch_bounds(len(targets), training.program.data.batch_size)
        amounts = torch.stack([training.criterion.amounts(targets[start:end]) for start, end in bounds], dim=1)
        by_loss = (loss_scales(of_loss, train.accumulate) for of_loss in amounts.tolist())
        return cls(samples, tuple(by_loss))

    def total(self, index: int, loss: Tensor, terms: list[Tensor], penalty: Tensor | None) -> Tensor:
        """The contribution of a batch to the objective of its step, from its `loss`, which is the sum of `terms`."""
        scale = self.samples[index]
        if self.losses is not None:
            weighed = [scales[index] * term for scales, term in zip(self.losses, terms, strict=True)]
            total = sum(weighed[1:], weighed[0])
            return total if penalty is None else total + penalty * scale
        total = loss if penalty is None else loss + penalty
        return total if scale == 1 else total * scale
