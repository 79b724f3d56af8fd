"""Steps of the optimizer: which parameters it moves, at which learning rate, and after how many batches."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.schedules import Clock, learning_rate, momentum
from netspec.catalogue.sections.train import Train
from netspec.modules.constants import brought
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.training import clock, movers, weighed
from netspec.runner.store.checkpoint import Moment
from netspec.runner.train.progress import Progress


@dataclass(frozen=True)
class Steps:
    """The optimizers and when they move the weights.

    The optimizers alone have a state to save: learning rate and momentum follow from the number of the step and from
    what was measured before it. `parameters` are those that they move, in the network's order. `rates` has for each of
    their groups what made its optimizer, and its learning rate without the schedule; `shares` has for each batch of an
    epoch its share of the samples of its step. `held` are the parameters that are brought back into a constraint after
    each step.
    """

    train: Train
    clock: Clock
    optimizers: tuple[torch.optim.Optimizer, ...]
    parameters: tuple[nn.Parameter, ...]
    rates: tuple[tuple[Optimizer, float], ...]
    shares: tuple[float, ...]
    held: tuple[tuple[Constraint, tuple[nn.Parameter, ...]], ...] = ()

    @classmethod
    def of(cls, program: Program, network: nn.Module, sizes: Sequence[int]) -> Steps:
        """The steps of a network that is on its device; `sizes` are those of the batches of an epoch."""
        train, parameters = program.train, dict(network.named_parameters())
        found = movers(train, program.graph)
        optimizers = tuple(
            mover.optimizer.build(
                {"params": [parameters[name] for name in names], **own} for own, names in mover.groups
            )
            for mover in found
        )
        rates = tuple(
            (mover.optimizer, own.get("lr", mover.optimizer.lr)) for mover in found for own, _ in mover.groups
        )
        moved = tuple(parameter for parameter in parameters.values() if parameter.requires_grad)
        held = tuple(
            (constraint, tuple(parameters[name] for name in weighed(train, program.graph, constraint.on)))
            for constraint in train.constraints
        )
        return cls(train, clock(train, len(sizes)), optimizers, moved, rates, shares(sizes, train.accumulate), held)

    def after(self, progress: Progress, batch: int, losses: Iterator[Tensor]) -> int | None:
        """What comes after the gradients of a batch of the epoch under way, its number from 0: a step, if it is the
        last batch of one. Gives the number of the step, None where there was none.

        `losses` are those of the batch at the weights of the moment, each with its gradients: the one that is there
        already, then new ones, for an optimizer that evaluates its batch again.
        """
        last = batch + 1 == len(self.shares)
        if not last and (batch + 1) % self.train.accumulate:
            return None
        number = progress.epoch * self.clock.epoch + batch // self.train.accumulate
        self._set_rates(number, progress)
        self._step(number, losses)
        self.clear()
        return number

    def clear(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def state(self) -> list[dict[str, Any]]:
        """What the optimizers remember."""
        return [optimizer.state_dict() for optimizer in self.optimizers]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Make the optimizers remember that; the gradients are forgotten. Raises ValueError if it is of others."""
        for optimizer, remembered in zip(self.optimizers, state, strict=True):
            settings = [set(group) for group in optimizer.param_groups]
            # how it is computed is a matter of the device, which may be another one now
            for group, saved in zip(optimizer.param_groups, remembered["param_groups"], strict=True):
                saved |= {name: group[name] for name in ("fused", "foreach") if name in group}
            optimizer.load_state_dict(remembered)
            _put_steps(optimizer)
            if [set(group) for group in optimizer.param_groups] != settings or not _fits(optimizer):
                raise ValueError("of another optimizer")
        self.clear()

    @property
    def lr(self) -> float:
        """The learning rate at the last step, of the parameters in no group and of the last layer."""
        return float(self.optimizers[0].param_groups[-1]["lr"])

    @property
    def _groups(self) -> list[dict[str, Any]]:
        return [group for optimizer in self.optimizers for group in optimizer.param_groups]

    def count(self, moment: Moment) -> int:
        """How many steps were taken until a moment."""
        return moment.epoch * self.clock.epoch + ceil(moment.batch / self.train.accumulate)

    def _set_rates(self, number: int, progress: Progress) -> None:
        """Bring all groups to the learning rate and the momentum of a step."""
        schedule, slowed = self.train.schedule, 0.5**progress.slowed
        if not schedule:
            # what follows would find the same at each step, which small networks notice
            for group, (_, lr) in zip(self._groups, self.rates, strict=True):
                group["lr"] = slowed * lr
            return
        clock = replace(self.clock, history=tuple(progress.history))
        changed = momentum(schedule, number, clock)
        for group, (optimizer, lr) in zip(self._groups, self.rates, strict=True):
            group["lr"] = slowed * learning_rate(schedule, lr, number, clock)
            group.update(optimizer.with_momentum(changed))

    def _step(self, number: int, losses: Iterator[Tensor]) -> None:
        if self.train.clip is not None:
            self.train.clip.apply(self.parameters)
        if self.train.noise is not None:
            self._add_noise(self.train.noise.std(number), generator(self.train.seed, "noise", number))
        with torch.no_grad():
            for optimizer in self.optimizers:
                # without what torch wraps around it for hooks and for its compiler, which it would load for that
                step = inspect.unwrap(type(optimizer).step)
                if self.train.optimizer.reevaluates:
                    step(optimizer, lambda: float(next(losses)))
                else:
                    step(optimizer)
            for constraint, weights in self.held:
                for weight in weights:
                    weight.copy_(constraint.hold(weight))

    def _add_noise(self, std: float, chance: torch.Generator) -> None:
        """Normal numbers for the gradients, drawn on the CPU, so that all devices draw the same."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.grad += std * brought(torch.randn(parameter.shape, generator=chance), parameter.device)


def _put_steps(optimizer: torch.optim.Optimizer) -> None:
    """The numbers of steps to where ASGD has them, since they take part in what the device computes: torch leaves them
    where they were loaded, which does for all others."""
    if isinstance(optimizer, torch.optim.ASGD):
        for parameter, remembered in optimizer.state.items():
            remembered["step"] = remembered["step"].to(parameter.device)


SMALLER = {"row_var", "col_var"}
"""What an optimizer remembers of the rows or the columns of a weight instead of all of it."""


def _fits(optimizer: torch.optim.Optimizer) -> bool:
    """Whether what an optimizer remembers of its parameters has their sizes, which it doesn't look at itself."""
    flat = sum(parameter.numel() for group in optimizer.param_groups for parameter in group["params"])
    return all(
        value.shape == parameter.shape or value.numel() == 1 or value.shape == (flat,) or name in SMALLER
        for parameter, remembered in optimizer.state.items()
        for name, value in remembered.items()
        if isinstance(value, Tensor)
    )


def shares(sizes: Sequence[int], accumulate: int) -> tuple[float, ...]:
    """Of each batch its share of the samples of the step that it and its neighbours make together."""
    starts = range(0, len(sizes), accumulate)
    together = [sizes[start : start + accumulate] for start in starts]
    return tuple(size / sum(step) for step in together for size in step)
