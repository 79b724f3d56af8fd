"""Steps of the optimizers: their parameters, learning rates and momentum, and the batches between them."""

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
from netspec.runner.train.progress import Progress
from netspec.saved.moment import Moment


@dataclass(frozen=True)
class Steps:
    """The optimizers, and when they update the weights: those that aren't frozen then, and so have gradients.

    The optimizers alone have a state to save: learning rate and momentum follow from the number of the step and from
    the history before it. `entries` are their entries in the catalogue, and `parameters` those that they update, in the
    network's order. `base_lrs` has for each of their groups the entry of its optimizer, and its learning rate without
    the schedule. `loss_scales` has for each batch of an epoch the factor of its loss: its fraction of the samples of
    its step. `constrained` are the parameters that are projected onto a constraint after each step.
    """

    train: Train
    clock: Clock
    entries: tuple[Optimizer, ...]
    optimizers: tuple[torch.optim.Optimizer, ...]
    parameters: tuple[nn.Parameter, ...]
    base_lrs: tuple[tuple[Optimizer, float], ...]
    loss_scales: tuple[float, ...]
    constrained: tuple[tuple[Constraint, tuple[nn.Parameter, ...]], ...] = ()

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
        base_lrs = tuple(
            (mover.optimizer, own.get("lr", mover.optimizer.lr)) for mover in found for own, _ in mover.groups
        )
        names = {name for mover in found for _, its in mover.groups for name in its}
        trained = tuple(parameter for name, parameter in parameters.items() if name in names)
        constrained = tuple(
            (constraint, tuple(parameters[name] for name in weighed(train, program.graph, constraint.on)))
            for constraint in train.constraints
        )
        scales = loss_scales(sizes, train.accumulate)
        entries = tuple(mover.optimizer for mover in found)
        return cls(train, clock(train, len(sizes)), entries, optimizers, trained, base_lrs, scales, constrained)

    def after_batch(self, progress: Progress, batch: int, losses: Iterator[Tensor]) -> int | None:
        """Take a step if a batch of the current epoch, by its index, is the last one of a step; its gradients are
        computed. Returns the number of the step, None if there was none.

        `losses` are those of the batch at the current weights, each with its gradients: first the one that was
        computed, then new ones, for an optimizer that evaluates its batch again.
        """
        last = batch + 1 == len(self.loss_scales)
        if not last and (batch + 1) % self.train.accumulate:
            return None
        number = progress.epoch * self.clock.epoch + batch // self.train.accumulate
        self._set_rates(number, progress)
        self._step(number, losses)
        self.clear()
        return number

    def clear(self) -> None:
        """Clear the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def state(self) -> list[dict[str, Any]]:
        """The states of the optimizers."""
        return [optimizer.state_dict() for optimizer in self.optimizers]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Load the states of the optimizers and clear the gradients. Raises ValueError for states of other ones."""
        for entry, optimizer, loaded in zip(self.entries, self.optimizers, state, strict=True):
            settings = [set(group) for group in optimizer.param_groups]
            # how it is computed is a matter of the device, which may be another one now
            for group, saved in zip(optimizer.param_groups, loaded["param_groups"], strict=True):
                saved |= {name: group[name] for name in ("fused", "foreach") if name in group}
            optimizer.load_state_dict(loaded)
            if [set(group) for group in optimizer.param_groups] != settings:
                raise ValueError("of another optimizer")
            entry.after_load(optimizer)
        self.clear()

    @property
    def lr(self) -> float:
        """The learning rate at the last step, of the parameters in no group and of the last layer."""
        return float(self.optimizers[0].param_groups[-1]["lr"])

    @property
    def _groups(self) -> list[dict[str, Any]]:
        return [group for optimizer in self.optimizers for group in optimizer.param_groups]

    def until(self, moment: Moment) -> int:
        """The number of steps until a moment."""
        return moment.epoch * self.clock.epoch + ceil(moment.batch / self.train.accumulate)

    def _set_rates(self, number: int, progress: Progress) -> None:
        """Set the learning rate and the momentum of all groups for a step."""
        schedule, factor = self.train.schedule, 0.5**progress.rollbacks
        if not schedule:
            # the code below would find the same at each step, and take a noticeable time of small networks
            for group, (_, lr) in zip(self._groups, self.base_lrs, strict=True):
                group["lr"] = factor * lr
            return
        clock = replace(self.clock, history=tuple(progress.history))
        changed = momentum(schedule, number, clock)
        for group, (optimizer, lr) in zip(self._groups, self.base_lrs, strict=True):
            group["lr"] = factor * learning_rate(schedule, lr, number, clock)
            group.update(optimizer.with_momentum(changed))

    def _step(self, number: int, losses: Iterator[Tensor]) -> None:
        if self.train.clip is not None:
            self.train.clip.apply(self.parameters)
        if self.train.noise is not None:
            self._add_noise(self.train.noise.std(number), generator(self.train.seed, "noise", number))
        with torch.no_grad():
            epochs, step = (number + 1) / self.clock.epoch, 1 / self.clock.epoch
            projections = [
                constraint.holder([weight for weight in weights if weight.requires_grad], epochs, step)
                for constraint, weights in self.constrained
            ]
            for optimizer in self.optimizers:
                # without what torch wraps around it for hooks and for its compiler, which it would load for that
                update = inspect.unwrap(type(optimizer).step)
                if self.train.optimizer.reevaluates:
                    update(optimizer, lambda: float(next(losses)))
                else:
                    update(optimizer)
            for project in projections:
                project()

    def _add_noise(self, std: float, rng: torch.Generator) -> None:
        """Add normal noise to the gradients; it is drawn on the CPU, so that all devices draw the same."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.grad += std * brought(torch.randn(parameter.shape, generator=rng), parameter.device)


def loss_scales(sizes: Sequence[float], accumulate: int) -> tuple[float, ...]:
    """For each batch, by its number of samples or their weight, its fraction of its step, which has `accumulate`
    batches, the last one fewer."""
    starts = range(0, len(sizes), accumulate)
    steps = [sizes[start : start + accumulate] for start in starts]
    return tuple(size / sum(step) for step in steps for size in step)
