"""How data, network, loss and training fit together."""

from __future__ import annotations

from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.losses.mse import MSE
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataError, Place
from netspec.catalogue.stops.early_stopping import EarlyStopping
from netspec.catalogue.types import Classes, DataType, Target
from netspec.checker.network import Operation
from netspec.checker.shapes import mismatch
from netspec.diagnostics import Edit, Fix, Label, did_you_mean
from netspec.problems import Problems
from netspec.problems.shapes import DoubleActivation, NothingToLearn, OutputMismatch
from netspec.problems.values import Conflict
from netspec.program.data_errors import as_problem
from netspec.program.graph import Graph
from netspec.shapes import Misfit, Shape
from netspec.source import Span

Spans = dict[str, Span]
"""Where each value was written, by its path."""

ACTIVATION_IN_LOSS = {"cross_entropy": ("softmax",), "binary_cross_entropy_with_logits": ("sigmoid",)}


def describe_data(data: Data, place: Place, spans: Spans, problems: Problems) -> DataType | None:
    """The type of the data: of the first source that is on the disk, else of the first that can be fetched."""
    many = len(data.source) > 1
    where = [spans.get(f"data.source[{i}]" if many else "data.source") for i in range(len(data.source))]
    described: list[tuple[int, DataType]] = []
    errors: list[tuple[Span | None, DataError]] = []
    for index, source in enumerate(data.source):
        try:
            described.append((index, source.describe(place)))
        except DataError as error:
            argument = f"data.source[{index}].{error.argument}" if many else f"data.source.{error.argument}"
            errors.append((spans.get(argument, where[index]), error))
    for span, error in errors:
        # one of several sources may be missing, but none may be malformed
        if not described or error.what not in ("missing", "unreachable"):
            problems.add(as_problem(error, span))
    if not described:
        return None
    first, type = described[0]
    for index, other in described[1:]:
        if (other.input, other.target) != (type.input, type.target):
            problems.add(
                Conflict(
                    where[index],
                    f"alternative sources need the same type: {type} and {other}",
                    str(other),
                    (Label(where[first], str(type)),) if where[first] else (),  # pyright: ignore[reportArgumentType]
                )
            )
    return type


def check_splits(data: Data, type: DataType, spans: Spans, problems: Problems) -> None:
    """Splits that the data allows: numbers of samples below what is there, `test` only where there is none."""
    if data.test is not None and type.test:
        problems.add(
            Conflict(
                spans.get("data.test"),
                f"the source has a test split of its own, of {type.test:_} samples",
                help="leave `test` out",
            )
        )
    for key in ("validation", "test"):
        count = getattr(data, key)
        if isinstance(count, int) and type.train is not None and count >= type.train:
            problems.add(
                Conflict(spans.get(f"data.{key}"), f"`{key}` of {count:_} leaves nothing of {type.train:_} to train on")
            )


def infer_input(data: Data, type: DataType, spans: Spans, problems: Problems) -> Shape | None:
    """The shape that the network gets: what `transform` makes of the data's; `augment` has to leave it as it is."""
    source = spans.get("data.source")
    shape = _through("augment", data, type.input, source, spans, problems)
    if shape is None:
        return None
    if shape != type.input:
        problems.add(
            Conflict(
                spans.get("data.augment"),
                f"`augment` makes {shape} of {type.input}, and validation and test are not augmented",
                help="augmentation keeps the size; change it in `transform`",
            )
        )
        return None
    return _through("transform", data, shape, source, spans, problems)


def _through(
    key: str, data: Data, shape: Shape, came_from: Span | None, spans: Spans, problems: Problems
) -> Shape | None:
    steps = getattr(data, key)
    for index, step in enumerate(steps):
        path = f"data.{key}[{index}]" if len(steps) > 1 else f"data.{key}"
        span = spans.get(path) or spans[f"data.{key}"]
        try:
            shape = step.infer(shape)
        except Misfit as error:
            arguments = {name: spans[f"{path}.{name}"] for name in type(step).model_fields if f"{path}.{name}" in spans}
            problems.add(mismatch(error, shape, span, arguments, came_from))
            return None
        came_from = span
    return shape


def choose_loss(train: Train, target: Target) -> Loss:
    """The loss that is written, or the one that goes with the targets."""
    if train.loss is not None:
        return train.loss
    return CrossEntropy() if isinstance(target, Classes) else MSE()


def check_output(
    graph: Graph, operations: list[Operation], loss: Loss, target: Target, spans: Spans, problems: Problems
) -> None:
    """The network's output against the loss and the targets, with all who take part in the misfit."""
    if not graph.parameter_count:
        problems.add(NothingToLearn(operations[0].span.to(operations[-1].span)))
        return
    try:
        loss.accept(graph.output, target)
    except Misfit as error:
        last = operations[-1]
        labels = [
            Label(span, text)
            for span, text in (
                (spans.get("data.source"), f"the targets are {target}"),
                (spans.get("train.loss"), "the loss"),
            )
            if span is not None
        ]
        about_output = error.argument == "size" or "network gives" in error.reason
        span = last.span if about_output else spans.get("train.loss", last.span)
        labels = [label for label in labels if label.span != span]
        fix = _resize(last, target) if error.argument == "size" and loss.name() == "cross_entropy" else None
        problems.add(
            OutputMismatch(
                span, error.reason, f"gives {graph.output}" if about_output else "", tuple(labels), error.help, fix
            )
        )
        return
    _check_activation(graph, operations, loss, spans, problems)


def _resize(last: Operation, target: Target) -> Fix | None:
    """Give the last layer as many outputs as there are classes."""
    size = last.arguments.get("out_features")
    if isinstance(last.layer, Linear) and isinstance(target, Classes) and size is not None:
        return Fix(f"`linear({target.count})`", (Edit(size, str(target.count)),))
    return None


def _check_activation(graph: Graph, operations: list[Operation], loss: Loss, spans: Spans, problems: Problems) -> None:
    last: Layer = graph.nodes[-1].layer
    if last.name() in ACTIVATION_IN_LOSS.get(loss.name(), ()):
        written = spans.get("train.loss")
        labels = (Label(written, "the first time"),) if written else ()
        problems.add(DoubleActivation(operations[-1].span, last.name(), loss.name(), labels))


def check_monitor(
    train: Train, evaluate: Evaluate, data: Data, target: Target, spans: Spans, problems: Problems
) -> None:
    """Early stopping watches something that is measured."""
    if not isinstance(train.stop, EarlyStopping):
        return
    monitor = train.stop.monitor
    span = spans.get("train.stop.monitor", spans.get("train.stop"))
    split, _, value = monitor.partition(".")
    measured = ("loss", *(metric.name() for metric in evaluate.metrics)) if isinstance(target, Classes) else ("loss",)
    known = tuple(f"validation.{name}" for name in measured) + (
        ("train.loss", "train.accuracy") if isinstance(target, Classes) else ("train.loss",)
    )
    if split == "validation" and data.validation is None:
        problems.add(
            Conflict(
                span,
                f"`{monitor}` needs validation samples, and `data` sets none apart",
                help="data { validation = 10% }",
            )
        )
    elif monitor not in known:
        nearest = did_you_mean(monitor, known)
        unmeasured = split == "validation" and value in names_of_metrics()
        problems.add(
            Conflict(
                span,
                f"nobody computes `{monitor}`",
                help=f"add `{value}` to `metrics`"
                if unmeasured
                else None
                if nearest
                else f"computed: {', '.join(known)}",
                fix=Fix(f"did you mean `{nearest}`?", (Edit(span, nearest),))
                if nearest and span and not unmeasured and "train.stop.monitor" in spans
                else None,
            )
        )


def names_of_metrics() -> tuple[str, ...]:
    from netspec.catalogue.metrics import Metric

    return names(Metric)
