"""What doesn't go together in a program's training: selectors, groups, first values, the schedule and its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import Entry
from netspec.catalogue.penalties import Penalty
from netspec.catalogue.schedules import schedule_misfits
from netspec.catalogue.sections.train import Train
from netspec.catalogue.types import DataType
from netspec.program.graph import Graph
from netspec.program.program import nested
from netspec.program.selectors import Idle, Patterns, Tensor, assign, kept, learned, select
from netspec.program.training import clock, moved, weighed
from netspec.shapes import Misfit

E = TypeVar("E", bound=Entry)

GROUPS, INIT, SCHEDULE, FREEZE = "train.optimizer.groups", "train.init", "train.schedule", "train.freeze"


def idle_patterns(train: Train, graph: Graph) -> Iterator[tuple[str, Idle]]:
    """The patterns without effect, with their paths: `train.freeze`, or in a list `train.freeze[1]`."""
    selectors: list[tuple[str, Patterns]] = [
        *((f"{path}.on", group.on) for path, group in _placed(GROUPS, train.optimizer.groups)),
        *((f"{path}.on", rule.on) for path, rule in _placed(INIT, train.init)),
        *((f"{path}.on", entry.on) for path, entry in _weighing(train) if entry.on),
    ]
    yield from _idle(FREEZE, train.freeze, kept(graph))
    for path, patterns in selectors:
        yield from _idle(path, patterns, learned(graph))


def _idle(path: str, patterns: Patterns, tensors: Sequence[Tensor]) -> Iterator[tuple[str, Idle]]:
    for idle in select(tensors, patterns).idle:
        yield path if isinstance(patterns, str) else f"{path}[{idle.place}]", idle


def training_misfits(train: Train, graph: Graph, batches: int) -> Iterator[Misfit]:
    """What doesn't go together in a training with so many batches in an epoch; `argument` is a setting's whole path."""
    if train.freeze and not moved(train, graph):
        yield Misfit("`freeze` leaves nothing to learn", argument=FREEZE)
    yield from _empty_groups(train, graph)
    yield from _rules(train, graph)
    yield from _weightless(train, graph)
    if train.accumulate > batches:
        reason = f"`accumulate = {train.accumulate}` needs as many batches, and an epoch has {batches}"
        yield Misfit(reason, argument="train.accumulate")
    parts = _placed(SCHEDULE, train.schedule)
    for place, misfit in schedule_misfits(train.schedule, clock(train, batches)):
        where = f"{parts[place][0]}.{misfit.argument}" if misfit.argument else parts[place][0]
        yield Misfit(misfit.reason, argument=where, help=misfit.help)


def mix_misfits(train: Train, type: DataType) -> Iterator[Misfit]:
    """What can't be mixed of such data; `argument` is the path of the mix."""
    for path, mix in _placed("train.mix", train.mix):
        try:
            mix.fits(type)
        except Misfit as error:
            yield Misfit(error.reason, argument=path, help=error.help)


def _empty_groups(train: Train, graph: Graph) -> Iterator[Misfit]:
    groups = _placed(GROUPS, train.optimizer.groups)
    found = assign(moved(train, graph), (group.on for _, group in groups))
    for (path, group), names in zip(groups, found, strict=False):
        if not names and select(learned(graph), group.on).names:
            reason = "every parameter of this group is frozen or belongs to a group before it"
            yield Misfit(reason, argument=path, help="put the group that selects fewer in front")


def _rules(train: Train, graph: Graph) -> Iterator[Misfit]:
    """Rules that are left with no parameter, or with one that they can't fill."""
    rules, tensors = _placed(INIT, train.init), learned(graph)
    sizes = {tensor.name: tensor.sizes for tensor in tensors}
    found = assign(tensors, (rule.on for _, rule in rules))
    for (path, rule), names in zip(rules, found, strict=False):
        if not names and select(tensors, rule.on).names:
            reason = "every parameter of this rule is filled by a rule before it"
            yield Misfit(reason, argument=path, help="put the rule that selects fewer in front")
        for name in names:
            try:
                rule.to.fits(sizes[name])
            except Misfit as error:
                yield Misfit(f"{error.reason}, as `{name}` has", argument=f"{path}.to", help=error.help)
                break


def _weightless(train: Train, graph: Graph) -> Iterator[Misfit]:
    """Penalties and constraints that are for nothing."""
    for path, entry in _weighing(train):
        if not weighed(train, graph, entry.on):
            what = "what it selects is frozen" if entry.on else "no tensor with two dimensions or more is learned"
            yield Misfit(f"`{entry.name()}` is for no parameter: {what}", argument=path)


def _weighing(train: Train) -> list[tuple[str, Penalty | Constraint]]:
    """The penalties and the constraints with their paths."""
    return [*_placed("train.penalties", train.penalties), *_placed("train.constraints", train.constraints)]


def _placed(path: str, entries: tuple[E, ...]) -> list[tuple[str, E]]:
    """Entries with their paths."""
    return [(where, entry) for (where, _), entry in zip(nested(path, entries), entries, strict=True)]
