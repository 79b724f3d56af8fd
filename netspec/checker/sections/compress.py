"""The section `compress`: whether its stages go with the network, the data and the training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice

from netspec.catalogue.export_formats import ExportFormat
from netspec.catalogue.sections.compress import Compress
from netspec.catalogue.stages import Stage
from netspec.checker.context import GOOD, Context, Pass
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.entries.settings import elaborate_section
from netspec.checker.names.declare import declare
from netspec.checker.names.files import Files, Includes
from netspec.checker.names.index import Index
from netspec.checker.names.scope import Unresolved
from netspec.diagnostics import Label
from netspec.lang.read import read_tree
from netspec.problems import NetspecError, Problems
from netspec.problems.names import IdleSelector, Misplaced
from netspec.problems.values import Conflict
from netspec.program.graph import Graph
from netspec.program.parts import Parts, parts_of
from netspec.program.plan import batch_bounds
from netspec.program.program import Program, placed
from netspec.program.pruning import channels_of
from netspec.program.selectors import Idle, select, state_tensors
from netspec.program.splits import split_sizes
from netspec.program.stages import prunable_weights, training_of
from netspec.program.training_conflicts import never_thawed, schedule_too_long, training_conflicts
from netspec.shapes import MisfitError
from netspec.source import Source, Span

Spans = Mapping[str, Span]

FEW = 3
"""How many layers are worth naming."""
OPTION = "--stages"
"""What a message names in the place of a file."""
STAGES = f"{Compress.name()}.stages"


def _check(context: Context) -> None:
    assert context.program.compress is not None, "the pass needs it"
    check_stages(context.program.compress, context.program, context.spans, context.problems)


def check_stages(compress: Compress, program: Program, spans: Spans, problems: Problems) -> None:
    """Report what of the stages doesn't go with a program; `spans` are those of what is written, by their paths."""
    if parts := parts_of(program):
        problems.add(_several(spans, parts))
    for path, stage in placed(STAGES, compress.stages):
        span = spans.get(path)
        for index, idle in _idle(stage, program):
            place = spans.get(f"{path}.keep{index}", spans.get(f"{path}.keep", span))
            nearest = f'"{idle.nearest}"' if idle.nearest and place and place.text[:1] == '"' else None
            problems.add(IdleSelector(place, idle.pattern, idle.reason, nearest))
        for misfit in _needs(stage, program):
            problems.add(Conflict(spans.get(f"{path}.{misfit.argument}", span), misfit.reason, help=misfit.help))
        for conflict in islice(_of_training(stage, program, span, spans), 1):
            problems.add(conflict)


def read_stages(text: str, program: Program) -> Compress:
    """The stages that a text says, for a program. Raises NetspecError with all that is wrong."""
    source = Source(OPTION, f"{Compress.name()} {{ stages = {text} }}")
    problems = Problems()
    declared = declare(read_tree(source, problems), problems, {}, Includes(source, Files({}, disk=False)), Index())
    elaborator = Elaborator(declared.scope, problems)
    if declared.sections.keys() - {Compress.name()}:
        problems.add(
            Misplaced(source.whole(), "stages are all that is asked for", "`prune(50%) -> finetune(2 epochs)`")
        )
    with suppress(Unresolved, KeyError):
        compress = elaborate_section(Compress, declared.sections[Compress.name()], elaborator)
        if not problems.fatal:
            check_stages(compress, program, elaborator.spans, problems)
        if not problems.fatal:
            return compress
    raise NetspecError(problems.diagnose())


def _several(spans: Spans, parts: Parts) -> Conflict:
    """That there isn't one network to compress."""
    places = [spans[path] for path in ("train.seeds", "data.validation") if path in spans]
    labels = tuple(Label(place, f"{len(parts)} networks are trained") for place in places[:1])
    return Conflict(
        spans.get(STAGES),
        f"`compress` is of one network, but this spec trains {len(parts)}",
        labels=labels,
        help=f"leave `compress` out, and compress one of them: `netspec compress RUN/{parts[0].name} --stages ...`",
    )


def _idle(stage: Stage, program: Program) -> Iterator[tuple[str, Idle]]:
    patterns = stage.spared
    for idle in select(state_tensors(program.graph), patterns).idle if patterns else ():
        yield ("" if isinstance(patterns, str) else f"[{idle.index}]"), idle


def _needs(stage: Stage, program: Program) -> Iterator[MisfitError]:
    """What a stage needs of the network and of the data; `argument` is one of the stage."""
    graph, layer, samples = program.graph, stage.needed_layer, split_sizes(program.data, *program.type.counts).train
    if layer is not None and not any(node.layer.name() == layer for node in graph.nodes):
        reason = f"`by={layer}` ranks filters by the scales of `{layer}`, but the network has none"
        yield MisfitError(reason, argument="by", help="`by=l1` ranks by the norms of the weights")
    if stage.training_samples > samples > 0:
        reason = f"`calibrate = {stage.training_samples}`, but the training split has {samples:_} samples"
        yield MisfitError(reason, argument="calibrate", help=f"at most `calibrate={samples}`")
    match stage.removes:
        case "filters":
            yield from _without_filters(stage, program)
        case "weights":
            yield from _without_weights(stage, graph)
        case _:
            pass
    if stage.writes is not None:
        yield from _not_written(stage, stage.writes, graph)


def _without_filters(stage: Stage, program: Program) -> Iterator[MisfitError]:
    """That no filter can be removed, and why."""
    channels = channels_of(program, stage.spared)
    if channels.groups:
        return
    reasons = [f"`{item.path}`: {item.reason}" for item in channels.fixed[:FEW]]
    why = f"; {'; '.join(reasons)}" if reasons else ""
    help = "keep fewer layers" if stage.spared else "`prune(50%, of=weights)` sets weights to zero"
    yield MisfitError(f"no filter of the network can be removed{why}", argument="amount", help=help)


def _without_weights(stage: Stage, graph: Graph) -> Iterator[MisfitError]:
    """That there is no weight, or none that the pattern fits."""
    weights = prunable_weights(graph, stage.spared)
    if not weights:
        yield MisfitError("`keep` leaves no weight to prune", argument="keep", help="keep fewer layers")
    elif stage.kept_of is not None and not any(item.sizes[1] % stage.kept_of[1] == 0 for item in weights):
        inputs = ", ".join(str(item.sizes[1]) for item in weights[:FEW])
        reason = f"the pattern fits no weight: their inputs, {inputs}, aren't multiples of {stage.kept_of[1]}"
        yield MisfitError(reason, argument="pattern")


def _not_written(stage: Stage, format: type[ExportFormat], graph: Graph) -> Iterator[MisfitError]:
    """The layers that the file of a stage can't have, and that no layer of it would be computed otherwise."""
    for node in graph.nodes:
        reason = node.layer.not_exported(format.name(), *node.input_shapes)
        if reason is not None:
            yield MisfitError(
                f"`{node.layer.name()}` in line {node.span.line} can't be in {format.noun}: {reason}",
                help="use another layer, or leave the stage out",
            )
            return
    weighted = [node for node in graph.modules if any(len(sizes) > 1 for sizes in node.parameters.values())]
    kept = set(select(state_tensors(graph), stage.spared).names) if stage.spared else set[str]()
    if not weighted:
        yield MisfitError("no layer of the network has weights that can be quantized")
    elif all(name in kept for node in weighted for name in node.parameters):
        yield MisfitError("`keep` leaves no layer to quantize", argument="keep", help="keep fewer layers")


def _of_training(stage: Stage, program: Program, span: Span | None, spans: Spans) -> Iterator[Conflict]:
    """What of the section `train` doesn't go with the length of a stage that trains."""
    train = training_of(stage, program.train)
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
