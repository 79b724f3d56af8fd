"""The section `train`: what it monitors, and the whole training against the network and the data."""

from __future__ import annotations

from itertools import islice

from netspec.catalogue.entry import find
from netspec.catalogue.metrics import Metric
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataType
from netspec.checker.context import GOOD, Context, Pass
from netspec.diagnostics import Label, did_you_mean
from netspec.problems import Problems
from netspec.problems.names import IdleSelector, rename
from netspec.problems.training import NeverAveraged, NeverThawed, ScheduleTooLong
from netspec.problems.values import Conflict
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.splits import split_sizes
from netspec.program.training import clock, watched
from netspec.program.training_conflicts import (
    idle_patterns,
    mix_conflicts,
    never_thawed,
    schedule_too_long,
    training_conflicts,
)
from netspec.source import Span

Spans = dict[str, Span]


def check_monitor(
    train: Train, evaluate: Evaluate, data: Data, type: DataType, spans: Spans, problems: Problems
) -> None:
    """Early stopping and schedules watch something that is measured."""
    for path, monitor in watched(train):
        _check_monitor(path, monitor, evaluate, data, type, spans, problems)


def _check_monitor(
    path: str, monitor: str, evaluate: Evaluate, data: Data, type: DataType, spans: Spans, problems: Problems
) -> None:
    span, known = spans.get(f"{path}.monitor", spans.get(path)), measured(evaluate, type.target)
    split = monitor.partition(".")[0]
    if split == "validation" and data.validation is None and not type.validation:
        message = f"`{monitor}` needs validation samples, and `data` sets none apart"
        problems.add(Conflict(span, message, help="data { validation = 10% }"))
    elif split == "test":
        message = f"`{monitor}` can't be watched: the test split is measured once, after the training"
        problems.add(Conflict(span, message, help="data { validation = 10% }, and watch `validation.loss`"))
    elif monitor not in known:
        problems.add(_unmeasured(path, monitor, known, type.target, spans))


def measured(evaluate: Evaluate, target: Target) -> tuple[str, ...]:
    """What is measured in an epoch, as it is named."""
    metrics = (f"validation.{metric.key()}" for metric in evaluate.metrics_for(target))
    training = ("train.loss", "train.accuracy") if target.counts_right else ("train.loss",)
    return ("validation.loss", *metrics, *training)


def _unmeasured(path: str, monitor: str, known: tuple[str, ...], target: Target, spans: Spans) -> Conflict:
    span, written = spans.get(path), spans.get(f"{path}.monitor")
    split, _, metric = monitor.partition(".")
    message = f"`{monitor}` isn't computed"
    found = find(Metric, metric)
    if found is not None and target.is_a(found.of):
        return Conflict(written or span, message, help=f"add `{metric}` to `metrics` in `evaluate`")
    # a slip of the pen is in the name, not in the split
    nearest = did_you_mean(monitor, [name for name in known if name.startswith(f"{split}.")] or known)
    if nearest and written:
        return Conflict(written, message, **rename(written, nearest))
    return Conflict(written or span, message, help=f"computed: {', '.join(known)}")


def check_batches(program: Program, spans: Spans, problems: Problems) -> None:
    """Every batch of training has as many samples as each layer needs."""
    samples = _samples(program)
    bounds = batch_bounds(samples, program.data.batch_size) if samples else []
    if not bounds:
        return
    smallest = min(end - start for start, end in bounds)
    for node in program.graph.nodes:
        least = node.layer.smallest_batch(*node.input_shapes)
        if smallest < least:
            incoming = ", ".join(map(str, node.input_shapes))
            message = f"`{node.layer.name()}` of {incoming} can't be trained on a batch of {smallest}"
            labels = tuple(Label(span, "gives such a batch") for span in [spans.get("data.batch_size")] if span)
            problems.add(
                Conflict(
                    node.span, message, f"needs {least} samples", labels, help=f"a `batch_size` of at least {least}"
                )
            )
            return


def _samples(program: Program) -> int:
    """How many samples there are to train on."""
    return split_sizes(program.data, *program.type.counts).train


def check_training(program: Program, spans: Spans, problems: Problems) -> None:
    """Report selectors that select nothing, what doesn't go together, and schedules that the training is too short
    for."""
    train, graph = program.train, program.graph
    for path, idle in idle_patterns(train, graph):
        span = _nearest(path, spans)
        nearest = f'"{idle.nearest}"' if idle.nearest and span and span.text[:1] == '"' else None
        problems.add(IdleSelector(span, idle.pattern, idle.reason, nearest))
    if problems.fatal:
        return
    batches = len(batch_bounds(_samples(program), program.data.batch_size))
    for misfit in (*mix_conflicts(train, program.type), *training_conflicts(train, graph, batches)):
        problems.add(Conflict(_nearest(misfit.argument or "", spans), misfit.reason, help=misfit.help))
    if train.average is not None and not train.average.begins(clock(train, batches).total):
        span = spans.get("train.average.start", spans.get("train.average"))
        message = (
            f"`{train.average.name()}` never begins: it comes after the last of {clock(train, batches).total:_} steps"
        )
        problems.add(NeverAveraged(span, message, help="use a smaller `start`, or more `epochs`"))
    for misfit in never_thawed(train, graph, batches):
        problems.add(NeverThawed(_nearest(misfit.argument or "", spans), misfit.reason, help=misfit.help))
    # what comes behind a part that is too long follows from it
    for misfit in islice(schedule_too_long(train, batches), 1):
        problems.add(ScheduleTooLong(_nearest(misfit.argument or "", spans), misfit.reason, help=misfit.help))


def _nearest(path: str, spans: Spans) -> Span | None:
    """Where a value is written, or the nearest around it that is."""
    while path and path not in spans:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return spans.get(path)


CHECKS = (
    Pass(
        "monitor",
        lambda context: check_monitor(
            context.train, context.evaluate, context.data, context.type, context.spans, context.problems
        ),
        needs=(
            *("train", "evaluate", "data", "described"),
            *("train.stop", "train.schedule", "evaluate.metrics", "data.validation"),
        ),
    ),
)


def _check_program(context: Context) -> None:
    check_batches(context.program, context.spans, context.problems)
    check_training(context.program, context.spans, context.problems)


PROGRAM_CHECKS = (Pass("training", _check_program, needs=("program", GOOD)),)
