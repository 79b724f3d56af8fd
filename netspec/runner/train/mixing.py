"""Training batches whose samples are mixed in pairs, and the loss of such a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from netspec.catalogue.batch_mixes import Mix
from netspec.catalogue.targets import Target
from netspec.data.prepare import Batch
from netspec.modules.losses import WeightedSum
from netspec.program.randomness import seed_for


@dataclass(frozen=True)
class MixedBatch:
    """Inputs that are partly those of other samples; `share` is the weight of `targets`, the rest that of `others`."""

    inputs: tuple[Tensor, ...]
    targets: Tensor
    others: Tensor | None = None
    share: float = 1.0

    @classmethod
    def of(cls, batch: Batch, mixes: Sequence[Mix], seed: int, epoch: int, index: int) -> MixedBatch:
        """Mix a batch of an epoch; what is drawn follows from the seed, the epoch and the index of the batch."""
        inputs, targets = batch
        if not mixes:
            return cls(inputs, targets)
        start = seed_for(seed, "mix", epoch, index)
        mix = mixes[start % len(mixes)]
        # the order is random already, so that the sample before is any other
        pairs = [mix.apply(values, values.roll(1, 0), np.random.default_rng(start)) for values in inputs]
        return cls(tuple(values for values, _ in pairs), targets, targets.roll(1, 0), pairs[0][1])

    def terms(self, criterion: WeightedSum, output: Tensor) -> list[Tensor]:
        """Each loss for both targets, weighted by their shares."""
        terms = criterion.terms(output, self.targets)
        if self.others is None:
            return terms
        others = criterion.terms(output, self.others)
        return [self.share * mine + (1 - self.share) * its for mine, its in zip(terms, others, strict=True)]

    def right(self, decisions: Tensor, target: Target) -> Tensor:
        """How many decisions are right, those that are half right by their shares."""
        right = target.right(decisions, self.targets)
        if self.others is None:
            return right
        return self.share * right + (1 - self.share) * target.right(decisions, self.others)
