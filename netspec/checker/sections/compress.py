"""The section `compress`: whether its stages go with the network, the data and the training."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from netspec.catalogue.sections.compress import Compress
from netspec.catalogue.stages import Stage
from netspec.checker.context import GOOD, Context, Pass
from netspec.diagnostics import Label
from netspec.problems.names import IdleSelector
from netspec.problems.values import Conflict
from netspec.program.parts import parts_of
from netspec.program.plan import batch_bounds
from netspec.program.program import Program, placed
from netspec.program.selectors import Idle, select, state_tensors
from netspec.program.splits import split_sizes
from netspec.program.training_conflicts import never_thawed, schedule_too_long, training_conflicts
from netspec.shapes import MisfitError
from netspec.source import Span

STAGES = f"{Compress.name()}.stages"


def _check(context: Context) -> None:
    program, problems = context.program, context.problems
    assert program.compress is not None, "the pass needs it"
    if parts := parts_of(program):
        problems.add(_several(context, len(parts)))
    for path, stage in placed(STAGES, program.compress.stages):
        span = context.spans.get(path)
        for index, idle in _idle(stage, program):
            place = context.spans.get(f"{path}.keep{index}", context.spans.get(f"{path}.keep", span))
            nearest = f'"{idle.nearest}"' if idle.nearest and place and place.text[:1] == '"' else None
            problems.add(IdleSelector(place, idle.pattern, idle.reason, nearest))
        for misfit in _misfits(stage, program):
            place = context.spans.get(f"{path}.{misfit.argument}", span)
            problems.add(Conflict(place, misfit.reason, help=misfit.help))
        for conflict in islice(_of_training(stage, program, span, context.spans), 1):
            problems.add(conflict)


def _several(context: Context, count: int) -> Conflict:
    """That there isn't one network to compress."""
    places = [context.spans[path] for path in ("train.seeds", "data.validation") if path in context.spans]
    labels = tuple(Label(place, f"{count} networks are trained") for place in places[:1])
    return Conflict(
        context.spans.get(STAGES),
        f"`compress` is of one network, but this spec trains {count}",
        labels=labels,
        help="leave `compress` out, and compress one of them: `netspec compress RUN/seed-0 --stages ...`",
    )


def _idle(stage: Stage, program: Program) -> Iterator[tuple[str, Idle]]:
    patterns = stage.spared
    for idle in select(state_tensors(program.graph), patterns).idle if patterns else ():
        yield ("" if isinstance(patterns, str) else f"[{idle.index}]"), idle


def _misfits(stage: Stage, program: Program) -> Iterator[MisfitError]:
    """What a stage needs of the network and of the data; `argument` is one of the stage."""
    layer, samples = stage.needed_layer, split_sizes(program.data, *program.type.counts).train
    if layer is not None and not any(node.layer.name() == layer for node in program.graph.nodes):
        reason = f"`by={layer}` ranks filters by the scales of `{layer}`, but the network has none"
        yield MisfitError(reason, argument="by", help="`by=l1` ranks by the norms of the weights")
    if stage.training_samples > samples > 0:
        reason = f"`calibrate = {stage.training_samples}`, but the training split has {samples:_} samples"
        yield MisfitError(reason, argument="calibrate", help=f"at most `calibrate={samples}`")


def _of_training(stage: Stage, program: Program, span: Span | None, spans: dict[str, Span]) -> Iterator[Conflict]:
    """What of the section `train` doesn't go with the length of a stage that trains."""
    train = stage.training(program.train)
    if train is None:
        return
    samples = split_sizes(program.data, *program.type.counts).train
    batches = len(batch_bounds(samples, program.data.batch_size))
    graph = program.graph
    for misfit in (
        *training_conflicts(train, graph, batches),
        *never_thawed(train, graph, batches),
        *schedule_too_long(train, batches),
    ):
        place = spans.get(misfit.argument or "")
        labels = (Label(place, "set for the training"),) if place is not None else ()
        yield Conflict(span, f"in `{stage.name()}`, {misfit.reason}", labels=labels, help=misfit.help)


PROGRAM_CHECKS = (Pass("compress", _check, needs=("compress", "program", GOOD)),)
