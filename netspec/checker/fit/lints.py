"""Lints: what can be trained and is likely not what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.fields import FieldType
from netspec.catalogue.monitors import Watcher, larger_is_better
from netspec.catalogue.values import number_text
from netspec.checker.fit.pretrained import pretrained_lints
from netspec.checker.network.model import Model
from netspec.diagnostics import Label
from netspec.immutable import immutable
from netspec.problems import Problem
from netspec.problems.training import (
    BiasBeforeNorm,
    DecaysAll,
    DropoutAtTheEnd,
    LabelChanged,
    LossAsPenalty,
    NeverStops,
    NoNonlinearity,
    NormalisedTwice,
    NormOfOne,
    NothingDone,
    OptimizerStep,
    OtherStatistics,
    SmallVocabulary,
    StopsOnTraining,
    WrongWay,
)
from netspec.program.graph import Node
from netspec.program.program import Program, placed
from netspec.source import Span

SMALL_FACTOR = 0.01
"""A loss with a factor of this or less beside another one is likely a penalty."""


@immutable
class Spec:
    """What the lints look at: the program, the model with its places, and where each value was written."""

    program: Program
    model: Model
    spans: dict[str, Span]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.program.graph.nodes

    def before(self, node: Node) -> Node | None:
        """The operation whose value is all that a node takes, if nothing else takes it."""
        maker = self.program.graph.producers.get(node.inputs[0]) if len(node.inputs) == 1 else None
        if maker is None or len(self.model.takers.get(node.inputs[0], ())) != 1:
            return None
        return maker

    def written(self, node: Node, argument: str) -> Span | None:
        placed = self.model.places.get(node.span)
        return placed.arguments.get(argument) if placed is not None else None


def lint(spec: Spec) -> Iterator[Problem]:
    """Everything that is likely a mistake in a program that is right."""
    yield from _data(spec)
    yield from pretrained_lints(spec.program, spec.spans)
    yield from _training(spec)
    for node in spec.nodes:
        yield from _operation(spec, node)
    yield from _end(spec)


# ---- data ----


def _data(spec: Spec) -> Iterator[Problem]:
    data, spans = spec.program.data, spec.spans
    source = spec.program.assumed
    label = tuple(Label(spans[key], "the data") for key in ("data.source",) if key in spans)
    for index, augmentation in enumerate(data.augment):
        if augmentation.mirrors and not source.mirrored:
            message = f"`{augmentation.name()}` makes other signs of those in `{source.name()}`"
            yield LabelChanged(_step(spans, "augment", index, len(data.augment)), message, labels=label)
    firsts: dict[type[FieldType], Span | None] = {}
    for index, step in enumerate(data.transform):
        if not step.normalizes:
            continue
        place = _step(spans, "transform", index, len(data.transform))
        if step.field in firsts:
            first = firsts[step.field]
            message = "the data is normalised a second time"
            yield NormalisedTwice(place, message, labels=(Label(first, "the first time"),) if first else ())
            continue
        firsts[step.field] = place
        # of a known network they are those of its weights
        other = None if spec.program.graph.bodies else step.of_other_data(source.statistics)
        if other is not None:
            message = f"these are the mean and the standard deviation of {other}"
            yield OtherStatistics(place, message, labels=label, help="normalize(measured)")


def _step(spans: dict[str, Span], key: str, index: int, count: int) -> Span | None:
    return spans.get(f"data.{key}[{index}]" if count > 1 else f"data.{key}")


# ---- training ----


def _directions(spec: Spec) -> Iterator[Problem]:
    train = spec.program.train
    for path, watcher in [("train.stop", train.stop), *placed("train.schedule", train.schedule)]:
        place = spec.spans.get(f"{path}.mode")
        if isinstance(watcher, Watcher) and place is not None and watcher.mode != "auto":
            larger = larger_is_better(watcher.monitor, "auto")
            if larger != (watcher.mode == "max"):
                right = "max" if larger else "min"
                message = f"`{watcher.monitor}` is better the {'larger' if larger else 'smaller'} it is"
                yield WrongWay(place, message, help=f"write `{right}`, or leave `mode` out")


def _losses(spec: Spec) -> Iterator[Problem]:
    """Losses that are likely meant as penalties: beside a loss of classes, or with a small factor."""
    objective, target = spec.program.loss, spec.program.type.target
    for (path, loss), term in zip(objective.by_path(), objective.terms, strict=True):
        if len(objective.terms) == 1 or loss.penalty is None:
            continue
        if target.labels or term.factor <= SMALL_FACTOR:
            message = f"`{loss.name()}` is a loss of the outputs here, not a penalty on the weights"
            penalty = f"{loss.penalty}({number_text(term.factor)})"
            help = f"use `penalties = [{penalty}]` beside `loss` for the norm of the weights"
            place = spec.spans.get(path, spec.spans.get("train.loss"))
            yield LossAsPenalty(place, message, "of outputs and targets", help=help)


def _training(spec: Spec) -> Iterator[Problem]:
    train, spans = spec.program.train, spec.spans
    stop = train.stop
    if stop is not None:
        place, soonest = spans.get("train.stop.monitor", spans.get("train.stop")), stop.acts_after()
        if stop.watched().startswith("train."):
            message = f"`{stop.watched()}` gets better for as long as the samples are learned by heart"
            help = "write `validation.loss`" if spec.program.data.validation else "data { validation = 10% }"
            yield StopsOnTraining(place, message, help=help)
        if soonest is not None and soonest >= train.epochs:
            place = spans.get("train.stop.patience", spans.get("train.stop"))
            labels = (Label(spans["train.epochs"], "the training"),) if "train.epochs" in spans else ()
            message = (
                f"`{stop.name()}` can stop after {soonest} epochs at the soonest, but the training has {train.epochs}"
            )
            yield NeverStops(place, message, labels=labels)
    yield from _directions(spec)
    yield from _losses(spec)
    optimizer = train.optimizer
    if optimizer.lr > optimizer.large_lr:
        message = f"a learning rate of {optimizer.lr:g} is far above what `{optimizer.name()}` trains with"
        right = number_text(type(optimizer).model_fields["lr"].default)
        yield OptimizerStep(spans.get("train.optimizer.lr"), message, help=f"{optimizer.name()}(lr={right})")
    decay: float = getattr(optimizer, "weight_decay", 0.0)
    if decay and "train.optimizer.weight_decay" in spans and not optimizer.groups:
        message = "weight decay is on biases and normalisations too"
        yield DecaysAll(spans["train.optimizer.weight_decay"], message)


# ---- the network ----


def _operation(spec: Spec, node: Node) -> Iterator[Problem]:
    layer, before = node.layer, spec.before(node)
    if before is not None and before.layer.adds_bias and layer.removes_bias:
        message = f"the bias of `{before.layer.name()}` is taken off by the `{layer.name()}` behind it"
        labels = (Label(node.span, "takes it off"),)
        yield BiasBeforeNorm(before.span, message, labels=labels, help="bias=false")
    if layer.normalizes_batch and spec.program.data.batch_size == 1:
        labels = tuple(Label(spec.spans[key], "one sample") for key in ("data.batch_size",) if key in spec.spans)
        yield NormOfOne(node.span, f"`{layer.name()}` has one sample at a time", labels=labels)
    same = before is not None and type(layer) is type(before.layer)
    if before is not None and same and layer.linear:
        labels = (Label(before.span, "linear"),)
        message = f"nothing stands between two `{layer.name()}`: together they are one"
        yield NoNonlinearity(node.span, message, "linear again", labels, help="relu")
    if layer.does_nothing(*node.input_shapes) or (same and layer.rectifies):
        yield NothingDone(node.span, f"`{layer.name()}` gives what comes in", "does nothing here")
    if layer.index_count is not None:
        yield from _vocabulary(spec, node, layer.index_count)


def _vocabulary(spec: Spec, node: Node, argument: str) -> Iterator[Problem]:
    """What learns a vector for each of the data's own words has one for each."""
    fields = spec.program.type.fields
    vocabulary = fields[node.inputs[0]].type.indices if node.inputs[0] < len(fields) else None
    if vocabulary is not None and getattr(node.layer, argument) < vocabulary:
        place = spec.written(node, argument)
        labels = tuple(Label(spec.spans[key], f"{vocabulary} words") for key in ("data.source",) if key in spec.spans)
        yield SmallVocabulary(place or node.span, vocabulary, labels)


def _end(spec: Spec) -> Iterator[Problem]:
    graph = spec.program.graph
    last = graph.producers.get(graph.outputs[0].value)
    if last is not None and last.layer.drops:
        message = f"{last.layer.name()} sets outputs of the network to 0 at random"
        yield DropoutAtTheEnd(last.span, message, "after the last layer")
