"""Regularization: the penalties of a program on the weights of its network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netspec.catalogue.penalties import Penalty
from netspec.program.program import Program
from netspec.program.training import weighed


@dataclass(frozen=True)
class Regularization:
    """Penalties, each with its parameters."""

    penalties: tuple[tuple[Penalty, tuple[nn.Parameter, ...]], ...]

    @classmethod
    def of(cls, program: Program, network: nn.Module) -> Regularization:
        parameters, train = dict(network.named_parameters()), program.train
        return cls(
            tuple(
                (penalty, tuple(parameters[name] for name in weighed(train, program.graph, penalty.on)))
                for penalty in train.penalties
            )
        )

    def total(self) -> Tensor | None:
        """The sum of all penalties on weights that aren't frozen now, a scalar; None if there are none."""
        penalties = [
            penalty.compute(learned)
            for penalty, weights in self.penalties
            if (learned := [weight for weight in weights if weight.requires_grad])
        ]
        return torch.stack(penalties).sum() if penalties else None
