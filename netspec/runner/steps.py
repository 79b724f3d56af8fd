"""Steps of the optimizer: which parameters it moves, at which learning rate, and after how many batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import torch
from torch import nn

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.schedules import Clock, learning_rate
from netspec.catalogue.sections.train import Train
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.training import clock, parameter_groups, weighed
from netspec.runner.checkpoint import Moment


@dataclass(frozen=True)
class Steps:
    """The optimizer and when it moves the weights.

    The optimizer alone has a state to save: the learning rate follows from the number of the step. `parameters` are
    those that it moves, in the network's order; `rates` are the learning rates of its groups without the schedule, and
    `shares` has for each batch of an epoch its share of the samples of its step. `held` are the parameters that are
    brought back into a constraint after each step.
    """

    train: Train
    clock: Clock
    optimizer: torch.optim.Optimizer
    parameters: tuple[nn.Parameter, ...]
    rates: tuple[float, ...]
    shares: tuple[float, ...]
    held: tuple[tuple[Constraint, tuple[nn.Parameter, ...]], ...] = ()

    @classmethod
    def of(cls, program: Program, network: nn.Module, sizes: Sequence[int]) -> Steps:
        """The steps of a network that is on its device; `sizes` are those of the batches of an epoch."""
        train, parameters = program.train, dict(network.named_parameters())
        groups = parameter_groups(train, program.graph)
        optimizer = train.optimizer.build(
            {"params": [parameters[name] for name in names], **own} for own, names in groups
        )
        rates = tuple(own.get("lr", train.optimizer.lr) for own, _ in groups)
        moved = tuple(parameter for parameter in parameters.values() if parameter.requires_grad)
        held = tuple(
            (constraint, tuple(parameters[name] for name in weighed(train, program.graph, constraint.on)))
            for constraint in train.constraints
        )
        return cls(train, clock(train, len(sizes)), optimizer, moved, rates, shares(sizes, train.accumulate), held)

    def after(self, epoch: int, batch: int, slower: float = 1.0) -> int | None:
        """What comes after the gradients of a batch, both numbers from 0: a step, if it is the last batch of one.

        `slower` is a factor of the learning rate. Gives the number of the step, None where there was none.
        """
        last = batch + 1 == len(self.shares)
        if not last and (batch + 1) % self.train.accumulate:
            return None
        number = epoch * self.clock.epoch + batch // self.train.accumulate
        self._step(number, slower)
        self.optimizer.zero_grad(set_to_none=True)
        return number

    def count(self, moment: Moment) -> int:
        """How many steps were taken until a moment."""
        return moment.epoch * self.clock.epoch + ceil(moment.batch / self.train.accumulate)

    def _step(self, number: int, slower: float) -> None:
        for group, lr in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = slower * learning_rate(self.train.schedule, lr, number, self.clock)
        if self.train.clip is not None:
            self.train.clip.apply(self.parameters)
        if self.train.noise is not None:
            self._add_noise(self.train.noise.std(number), generator(self.train.seed, "noise", number))
        self.optimizer.step()
        with torch.no_grad():
            for constraint, weights in self.held:
                for weight in weights:
                    weight.copy_(constraint.hold(weight))

    def _add_noise(self, std: float, chance: torch.Generator) -> None:
        """Normal numbers for the gradients, drawn on the CPU, so that all devices draw the same."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.grad += std * torch.randn(parameter.shape, generator=chance).to(parameter.device)


def shares(sizes: Sequence[int], accumulate: int) -> tuple[float, ...]:
    """Of each batch its share of the samples of the step that it and its neighbours make together."""
    starts = range(0, len(sizes), accumulate)
    together = [sizes[start : start + accumulate] for start in starts]
    return tuple(size / sum(step) for step in together for size in step)
