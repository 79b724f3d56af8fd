"""What doesn't go together in a program's training: selectors, groups, first values, the schedule and its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.penalties import Penalty
from netspec.catalogue.schedules import Clock, Schedule, schedule_conflicts
from netspec.catalogue.sections.train import Train
from netspec.catalogue.types import DataType
from netspec.program.freezing import FREEZE, held, holds, moved, stages
from netspec.program.graph import Graph
from netspec.program.layer_decay import idle_scopes
from netspec.program.program import placed
from netspec.program.selectors import Idle, Patterns, Tensor, assign, learned, select, state_tensors
from netspec.program.training import GROUPS, INIT, OPTIMIZER, SCHEDULE, Mover, claims, clock, movers, weighed
from netspec.program.written import written
from netspec.shapes import MisfitError


def idle_patterns(train: Train, graph: Graph) -> Iterator[tuple[str, Idle]]:
    """The patterns without effect, with their paths: `train.freeze`, or in a list `train.freeze[1]`."""
    selectors: list[tuple[str, Patterns]] = [
        *((f"{path}.on", group.on) for path, group in placed(GROUPS, train.optimizer.groups)),
        *((f"{path}.on", rule.selected) for path, rule in placed(INIT, train.init) if rule.initializer()),
        *((f"{path}.on", entry.on) for path, entry in _weighing(train) if entry.on),
    ]
    for hold in holds(train):
        for idle in select(state_tensors(graph), hold.patterns).idle:
            yield hold.place(idle.index), idle
    for path, patterns in selectors:
        yield from _idle(path, patterns, learned(graph))


def _idle(path: str, patterns: Patterns, tensors: Sequence[Tensor]) -> Iterator[tuple[str, Idle]]:
    for idle in select(tensors, patterns).idle:
        yield path if isinstance(patterns, str) else f"{path}[{idle.index}]", idle


def training_conflicts(train: Train, graph: Graph, batches: int) -> Iterator[MisfitError]:
    """What doesn't go together in a training with so many batches in an epoch; `argument` is a setting's whole path."""
    yield from _freezing(train, graph, clock(train, batches))
    yield from _empty_groups(train, graph)
    yield from _optimizers(train, graph)
    yield from _rules(train, graph)
    yield from _weightless(train, graph)
    for path, part in placed(SCHEDULE, train.schedule):
        for misfit in part.conflicts(clock(train, batches)):
            yield MisfitError(misfit.reason, argument=f"{path}.{misfit.argument}", help=misfit.help)
    if train.accumulate > batches:
        reason = f"`accumulate = {train.accumulate}` needs as many batches, and an epoch has {batches}"
        yield MisfitError(reason, argument="train.accumulate")


def _freezing(train: Train, graph: Graph, clock: Clock) -> Iterator[MisfitError]:
    """That nothing is left to learn for a while, or nothing to freeze for an entry."""
    first, *_ = stages(train, graph, clock)
    if first.frozen and not first.learns(graph):
        always = first.stop >= clock.total
        duration = "" if always else f" for the first {clock.duration(first.stop)}"
        help = _new_layers(graph) or (None if always else "leave out what is learned from the beginning on")
        yield MisfitError(f"`freeze` leaves nothing to learn{duration}", argument=FREEZE, help=help)
    for hold, names in held(train, graph):
        if not names and select(state_tensors(graph), hold.patterns).names:
            reason = "every tensor of this is frozen by an entry before it"
            yield MisfitError(reason, argument=hold.path, help="put what selects fewer in front")


def _new_layers(graph: Graph) -> str | None:
    """How to leave out the layers that a network has in the place of others."""
    names = [tensor.name for tensor in learned(graph)]
    new = [path for path in graph.left_out if any(name.startswith(f"{path}.") for name in names)]
    patterns = ", ".join(f'"!{path}"' for path in new)
    return f"leave out what is replaced: add {patterns} to the list of names" if new else None


def never_thawed(train: Train, graph: Graph, batches: int) -> Iterator[MisfitError]:
    """What is to be frozen for a while, and for longer than the whole training; `batches` are those of an epoch."""
    its = clock(train, batches)
    for hold, names in held(train, graph):
        if names and hold.until is not None and its.steps(hold.until) >= its.total:
            reason = (
                f"this is never learned: it is frozen for {hold.until}, and the training has {its.duration(its.total)}"
            )
            help = f"more `epochs`, or a string for what stays frozen: {written(hold.patterns, text=True)}"
            yield MisfitError(reason, argument=f"{hold.path.removesuffix('.on')}.until", help=help)


def schedule_too_long(train: Train, batches: int) -> Iterator[MisfitError]:
    """The parts of the schedule that a training with so many batches in an epoch is too short for."""
    parts = placed(SCHEDULE, train.schedule)
    for index, misfit in schedule_conflicts(train.schedule, clock(train, batches)):
        where = f"{parts[index][0]}.{misfit.argument}" if misfit.argument else parts[index][0]
        yield MisfitError(misfit.reason, argument=where, help=misfit.help)


def mix_conflicts(train: Train, type: DataType) -> Iterator[MisfitError]:
    """What can't be mixed of such data; `argument` is the path of the mix."""
    for path, mix in placed("train.mix", train.mix):
        try:
            mix.fits(type)
        except MisfitError as error:
            yield MisfitError(error.reason, argument=path, help=error.help)


def _empty_groups(train: Train, graph: Graph) -> Iterator[MisfitError]:
    groups = placed(GROUPS, train.optimizer.groups)
    found = assign(moved(train, graph), (group.on for _, group in groups))
    for (path, group), names in zip(groups, found, strict=False):
        if not names and select(learned(graph), group.on).names:
            reason = "every parameter of this group is frozen or belongs to a group before it"
            yield MisfitError(reason, argument=path, help="put the group that selects fewer in front")


def _optimizers(train: Train, graph: Graph) -> Iterator[MisfitError]:
    """Optimizers that have nothing to move, or what they can't, or that the schedule changes nothing for."""
    tensors = {tensor.name: tensor for tensor in learned(graph)}
    found = movers(train, graph)
    if not found[0].groups and len(found) > 1:
        reason = f"`{train.optimizer.name()}` moves nothing: every parameter is in a group with another optimizer"
        yield MisfitError(reason, argument=OPTIMIZER)
    if train.schedule and not any(mover.optimizer.follows_lr for mover in found):
        reason = f"`schedule` changes nothing: `{train.optimizer.name()}` finds the sizes of its steps itself"
        yield MisfitError(reason, argument=OPTIMIZER, help="leave `schedule` out")
    for path, part in placed(SCHEDULE, train.schedule):
        if part.momentum(0, clock(train, 1)) is not None:
            yield from _without_momentum(path, part, found)
    if train.optimizer.reevaluates:
        yield from _reevaluated(train)
    for mover in found:
        for scope in idle_scopes(graph, mover.optimizer.layers_in):
            yield MisfitError(f'nothing in a scope "{scope}" is learned', argument=f"{mover.path}.layers_in")
        yield from _immovable(mover, [tensors[name] for _, names in mover.groups for name in names])


def _reevaluated(train: Train) -> Iterator[MisfitError]:
    """What can't be had with an optimizer that evaluates its batch again."""
    name = train.optimizer.name()
    if train.accumulate > 1:
        reason = (
            f"`{name}` evaluates its batch again and again, and a step of {train.accumulate} batches has no one batch"
        )
        yield MisfitError(
            reason, argument="train.accumulate", help="leave `accumulate` out, and take a larger `batch_size`"
        )
    for hold in holds(train):
        if hold.until is not None:
            reason = f"`{name}` moves all parameters as one, and its history is of those that it began with"
            yield MisfitError(reason, argument=hold.path, help="another optimizer, or a string for what stays frozen")
    for key in ("clip", "noise"):
        if getattr(train, key) is not None:
            yield MisfitError(f"`{name}` needs the gradients as they are, without `{key}`", argument=f"train.{key}")


def _without_momentum(path: str, part: Schedule, found: Sequence[Mover]) -> Iterator[MisfitError]:
    """That a part of the schedule moves a momentum that an optimizer doesn't have."""
    for mover in found:
        if not mover.optimizer.with_momentum(None):
            reason = f"`{part.name()}` moves the momentum too, and `{mover.optimizer.name()}` has none"
            yield MisfitError(reason, argument=path, help=f"{part.name()}(cycle_momentum=false)")
            return


def _immovable(mover: Mover, tensors: Sequence[Tensor]) -> Iterator[MisfitError]:
    """That an optimizer can't move some of its tensors, and which groups the others would be."""
    reasons: dict[Tensor, str] = {}
    for tensor in tensors:
        try:
            mover.optimizer.fits(tensor.sizes)
        except MisfitError as error:
            reasons[tensor] = f"{error.reason}, as `{tensor.name}` has"
    if reasons:
        patterns = dict.fromkeys(f'"{_pattern(tensor)}"' for tensor in reasons)
        help = f"groups=[group([{', '.join(patterns)}], optimizer=adamw)]" if mover.path == OPTIMIZER else None
        yield MisfitError(next(iter(reasons.values())), argument=mover.path, help=help)


def _pattern(tensor: Tensor) -> str:
    """A pattern for a tensor and its like."""
    operation, _, own = tensor.words
    return "*:bias" if own == "bias" else f":{operation}:{own}"


def _rules(train: Train, graph: Graph) -> Iterator[MisfitError]:
    """Rules that are left with no parameter, or with one that they can't fill."""
    sizes = {tensor.name: tensor.sizes for tensor in state_tensors(graph)}
    for claim in claims(train, graph):
        if not claim.names and select(state_tensors(graph), claim.rule.selected).names:
            others = "is excepted, replaced or" if claim.rule.loads() else "is"
            reason = f"every parameter of this rule {others} filled by a rule before it"
            yield MisfitError(reason, argument=claim.path, help="put the rule that selects fewer in front")
        initializer = claim.rule.initializer()
        if initializer is None:
            continue
        for name in claim.names:
            try:
                initializer.fits(sizes[name])
            except MisfitError as error:
                yield MisfitError(f"{error.reason}, as `{name}` has", argument=f"{claim.path}.to", help=error.help)
                break


def _weightless(train: Train, graph: Graph) -> Iterator[MisfitError]:
    """Penalties and constraints that are for nothing."""
    for path, entry in _weighing(train):
        if not weighed(train, graph, entry.on):
            what = "what it selects is frozen" if entry.on else "no tensor with two dimensions or more is learned"
            yield MisfitError(f"`{entry.name()}` is for no parameter: {what}", argument=path)


def _weighing(train: Train) -> list[tuple[str, Penalty | Constraint]]:
    """The penalties and the constraints with their paths."""
    return [*placed("train.penalties", train.penalties), *placed("train.constraints", train.constraints)]
