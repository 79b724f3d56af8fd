"""What a program's training does with which tensors and when, for the check, the plan and the run alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Any

from netspec.catalogue.initializers import Initializer
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.schedules import Clock, learning_rate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.stopping import Standing, Stop
from netspec.program.freezing import held, moved
from netspec.program.graph import Graph
from netspec.program.layer_decay import depths
from netspec.program.program import placed
from netspec.program.selectors import Patterns, assign, learned, select

SAMPLES = 8
"""At how many steps a part of the training is looked at."""
OPTIMIZER, GROUPS, SCHEDULE, STOP = "train.optimizer", "train.optimizer.groups", "train.schedule", "train.stop"


def clock(train: Train, batches: int) -> Clock:
    """How many steps the training has, of so many batches in an epoch."""
    return Clock.of(batches, train.accumulate, train.epochs)


def learning_rates(train: Train, clock: Clock, count: int) -> list[tuple[float, float]]:
    """The lowest and the highest learning rate in each of so many parts of the training, as far as they are known
    before it: where something is watched, it always gets better."""
    starts = [part * clock.total // count for part in range(count + 1)]
    found: list[tuple[float, float]] = []
    for start, stop in pairwise(starts):
        length = max(stop - start, 1)
        steps = range(start, start + length, ceil(length / SAMPLES))
        rates = [learning_rate(train.schedule, train.optimizer.lr, step, clock) for step in steps]
        found.append((min(rates), max(rates)))
    return found


def watched(train: Train) -> list[tuple[str, str]]:
    """The values that something of the training looks at after each epoch, with the paths of what does."""
    watchers = [(STOP, train.stop), *placed(SCHEDULE, train.schedule)]
    return [(path, value) for path, one in watchers if one is not None and (value := one.watched()) is not None]


def observe(stop: Stop | None, standing: Standing, epoch: int, values: Mapping[str, float]) -> Standing:
    """The standing of the training after an epoch; without a `stop` the smallest validation loss is the best."""
    if stop is not None:
        return stop.observe(standing, epoch, values)
    loss = values.get("validation.loss")
    return standing if loss is None else standing.after(epoch, loss)


@dataclass(frozen=True, slots=True)
class Mover:
    """An optimizer, the path of its setting, and its groups: what each has of its own, and the names of its parameters;
    last, those in no group."""

    optimizer: Optimizer
    path: str
    groups: tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...]

    def split(self, graph: Graph, until: Mapping[str, Any]) -> Mover:
        """The same with a group for each layer of each group, where layers have their own learning rates, and for what
        thaws together: torch moves a group in one go, and some of its optimizers can't where a part of it has no state
        yet. There is a name in every group."""
        decay = self.optimizer.layer_decay
        after = {} if decay is None else depths(graph, self.optimizer.layers_in)
        found: list[tuple[Mapping[str, Any], tuple[str, ...]]] = []
        for own, names in self.groups:
            layers: dict[tuple[int, Any], list[str]] = {}
            for name in names:
                layers.setdefault((after.get(name, 0), until.get(name)), []).append(name)
            for (depth, _), layer in layers.items():
                rate = {} if decay is None else {"lr": own.get("lr", self.optimizer.lr) * decay**depth}
                found.append(({**own, **rate}, tuple(layer)))
        return replace(self, groups=tuple(found))


def movers(train: Train, graph: Graph) -> tuple[Mover, ...]:
    """The optimizers: the training's own, which may be left with nothing to move, then those of groups."""
    main = train.optimizer
    *found, rest = assign(moved(train, graph), (group.on for group in main.groups))
    groups = [(path, group, names) for (path, group), names in zip(placed(GROUPS, main.groups), found, strict=True)]
    shared = [(group.options(), names) for _, group, names in groups if group.own_optimizer() is None]
    others = (
        Mover(own, f"{path}.optimizer", (({}, names),))
        for path, group, names in groups
        if names and isinstance(own := group.own_optimizer(), Optimizer)
    )
    mine = Mover(main, OPTIMIZER, (*shared, ({}, rest)))
    until = {name: hold.until for hold, names in held(train, graph) for name in names}
    return tuple(mover.split(graph, until) for mover in (mine, *others))


def weighed(train: Train, graph: Graph, patterns: Patterns) -> tuple[str, ...]:
    """What a penalty or a constraint is for: the moved tensors that it selects, else those of two dimensions on."""
    tensors = moved(train, graph)
    if patterns:
        return select(tensors, patterns).names
    return tuple(tensor.name for tensor in tensors if len(tensor.sizes) > 1)


def initial_values(train: Train, graph: Graph) -> dict[str, Initializer]:
    """The parameters that aren't left as torch makes them, in the network's order."""
    *found, _ = assign(learned(graph), (rule.on for rule in train.init))
    rules = {name: rule.to for rule, names in zip(train.init, found, strict=True) for name in names}
    return {tensor.name: rules[tensor.name] for tensor in learned(graph) if tensor.name in rules}
