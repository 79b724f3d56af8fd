"""What a program's training does with which tensors and when, for the check, the plan and the run alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import Any

from netspec.catalogue.init_rules import Loads, Rule
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.schedules import Clock, learning_rate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.stopping import Standing, Stop
from netspec.immutable import immutable
from netspec.program.freezing import held, moved
from netspec.program.graph import Graph, Tensor
from netspec.program.layer_decay import depths
from netspec.program.program import placed
from netspec.program.selectors import Patterns, assign, learned, select, state_tensors

SAMPLES = 8
"""At how many steps a part of the training is looked at."""
OPTIMIZER, GROUPS, SCHEDULE, STOP = "train.optimizer", "train.optimizer.groups", "train.schedule", "train.stop"
INIT = "train.init"


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


@immutable
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


@immutable
class Claim:
    """A rule of `train.init` with its path, and the names of the tensors that it is the first to select."""

    path: str
    rule: Rule
    names: tuple[str, ...]


def claims(train: Train, graph: Graph) -> tuple[Claim, ...]:
    """What each rule is for. Initializers are for parameters, and what loads tensors is for buffers too."""
    taken: set[str] = set()
    found: list[Claim] = []
    for path, rule in placed(INIT, train.init):
        loads = rule.loads()
        wanted = select(learned(graph), rule.selected).names if loads is None else _loaded(loads, graph)
        names = tuple(name for name in wanted if name not in taken)
        taken.update(names)
        found.append(Claim(path, rule, names))
    return tuple(found)


def _loaded(rule: Loads, graph: Graph) -> tuple[str, ...]:
    """The tensors that a rule loads: those of its scope without its exceptions and without layers that are replaced."""
    local = local_tensors(rule, graph)
    excepted = set(select(local, rule.excepted).names)
    names = ((tensor.name, rule.prefix + tensor.name) for tensor in local)
    return tuple(name for short, name in names if short not in excepted and why_left_out(name, graph) is None)


def local_tensors(rule: Loads, graph: Graph) -> tuple[Tensor, ...]:
    """The tensors of a rule's scope, by their names below it."""
    scope = (tensor for tensor in state_tensors(graph) if tensor.name.startswith(rule.prefix))
    return tuple(replace(tensor, name=tensor.name.removeprefix(rule.prefix)) for tensor in scope)


def why_left_out(name: str, graph: Graph) -> str | None:
    """Why the operation of a tensor isn't in the network as it was written; None if it is."""
    return next((why for path, why in graph.left_out.items() if name == path or name.startswith(f"{path}.")), None)


def initial_values(train: Train, graph: Graph) -> dict[str, Initializer]:
    """The parameters that initializers fill, in the network's order."""
    rules = {name: claim.rule.initializer() for claim in claims(train, graph) for name in claim.names}
    found = ((tensor.name, rules.get(tensor.name)) for tensor in learned(graph))
    return {name: initializer for name, initializer in found if initializer is not None}
