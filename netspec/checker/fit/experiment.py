"""How data, network, loss and training fit together."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import entries, find
from netspec.catalogue.metrics import Metric
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataSource, Place
from netspec.catalogue.targets import Target
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataField, DataType
from netspec.checker.fit.output import usual_loss
from netspec.checker.network.mismatch import data_mismatch
from netspec.checker.network.model import Incoming
from netspec.diagnostics import Edit, Fix, Label, did_you_mean
from netspec.formats.errors import DataError
from netspec.problems import Problems
from netspec.problems.names import Duplicate
from netspec.problems.values import Conflict
from netspec.program.data_errors import as_problem
from netspec.program.objective import Objective
from netspec.program.plan import batch_bounds, make_plan
from netspec.program.program import Program
from netspec.program.splits import split_conflicts
from netspec.program.training import watched
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

Spans = dict[str, Span]
"""Where each value was written, by its path."""


Described = tuple[int, DataType]
"""The source that a run would take, by its place among the alternatives, and its type."""


def describe_data(data: Data, place: Place, spans: Spans, problems: Problems) -> Described | None:
    """What a run would take as things are.

    It is the first that is on the disk or can be fetched; where there is none, the first whose type is known.
    """
    many = len(data.source) > 1
    where = [spans.get(f"data.source[{i}]" if many else "data.source") for i in range(len(data.source))]
    types: dict[int, DataType] = {}
    errors: list[tuple[Span | None, DataError]] = []
    for index, source in enumerate(data.source):
        try:
            types[index] = source.describe(place)
        except DataError as error:
            argument = f"data.source[{index}].{error.argument}" if many else f"data.source.{error.argument}"
            errors.append((spans.get(argument, where[index]), error))
    for span, error in errors:
        # one of several sources may be missing, but none may be malformed
        if not types or error.what not in ("missing", "unreachable"):
            problems.add(as_problem(error, span))
    if not types:
        return None
    first = next((index for index in types if _can_be_had(data.source[index], place)), min(types))
    for index, type in types.items():
        difference = types[first].difference(type)
        if difference is not None:
            message = f"alternative sources need the same type, and this one has {difference}"
            span = where[first]
            labels = (Label(span, str(types[first])),) if span is not None else ()
            problems.add(Conflict(where[index], message, str(type), labels))
    return first, types[first]


def _can_be_had(source: DataSource, place: Place) -> bool:
    return source.fetchable or source.unavailable(place) is None


def check_splits(data: Data, type: DataType, spans: Spans, problems: Problems) -> None:
    """Splits that the data allows: a sample for each at least, and none that the source has for itself."""
    for split, own in (("test", type.test), ("validation", type.validation)):
        if getattr(data, split) is not None and own:
            message = f"the source has a {split} split of its own, of {own:_} samples"
            problems.add(Conflict(spans.get(f"data.{split}"), message, help=f"leave `{split}` out"))
    for misfit in split_conflicts(data, *type.counts):
        problems.add(Conflict(spans.get(f"data.{misfit.argument}"), misfit.reason, help=misfit.help))


def infer_inputs(data: Data, type: DataType, spans: Spans, problems: Problems) -> Incoming | None:
    """What the network gets, by the names of the data's fields."""
    for gap in data.gaps(type):
        problems.add(as_problem(gap, spans.get("data.source")))
    shapes = {field.name: _infer_input(field, data, type, spans, problems) for field in type.fields}
    known = {name: shape for name, shape in shapes.items() if shape is not None}
    return Incoming(known, spans.get("data.source")) if len(known) == len(shapes) else None


def _infer_input(field: DataField, data: Data, type: DataType, spans: Spans, problems: Problems) -> Shape | None:
    """The shape of an input: what `transform` makes of the data's, and of what `augment` makes of them too."""
    augmented = _through("augment", field, field.shape, data, type, spans, problems)
    if augmented is None:
        return None
    shape = _through("transform", field, field.shape, data, type, spans, problems)
    if shape is None or augmented == field.shape:
        return shape
    trained = _through("transform", field, augmented, data, type, spans, problems)
    if trained is not None and trained != shape:
        problems.add(
            Conflict(
                spans.get("data.augment"),
                f"`augment` makes {augmented} of {field.shape}, and validation and test are not augmented",
                help=f"with `transform = resize([{', '.join(map(str, augmented.spatial))}])` all have one size",
            )
        )
    return shape if trained == shape else None


def _through(
    key: str, field: DataField, shape: Shape, data: Data, type: DataType, spans: Spans, problems: Problems
) -> Shape | None:
    """The shape behind all steps of a key that change a field."""
    steps: Sequence[Transform | Augmentation] = getattr(data, key)
    came_from = spans.get("data.source")
    for index, step in enumerate(steps):
        if field not in type.fields_for(step.field):
            continue
        path = f"data.{key}[{index}]" if len(steps) > 1 else f"data.{key}"
        span = spans.get(path) or spans[f"data.{key}"]
        try:
            shape = _step(step, shape, type.target)
        except MisfitError as error:
            arguments = {name: spans[f"{path}.{name}"] for name in step.model_fields_set if f"{path}.{name}" in spans}
            problems.add(data_mismatch(error, shape, span, arguments, came_from))
            return None
        came_from = span
    return shape


def _step(step: Transform | Augmentation, shape: Shape, target: Target) -> Shape:
    if isinstance(step, Augmentation):
        step.fits(target)
    if shape.dtype != "float32":
        raise MisfitError(f"`{step.name()}` changes numbers, and {shape} are those of words")
    return step.infer(shape)


def choose_loss(train: Train, target: Target) -> Objective:
    """The losses that are written, or the one that goes with the targets."""
    return Objective(train.loss) if train.loss else Objective.of(usual_loss(target))


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
        return Conflict(written, message, fix=Fix(f"did you mean `{nearest}`?", (Edit(written, nearest),)))
    return Conflict(written or span, message, help=f"computed: {', '.join(known)}")


def check_metrics(evaluate: Evaluate, loss: Objective, target: Target, spans: Spans, problems: Problems) -> None:
    """Metrics are of what the targets are and from what the loss gives, and each is asked for once."""
    known: dict[str, Span] = {}
    for index, metric in enumerate(evaluate.metrics or ()):
        span, name = spans.get(f"evaluate.metrics[{index}]") or spans["evaluate.metrics"], metric.name()
        if metric.key() in known:
            problems.add(Duplicate(span, "metric", metric.key(), known[metric.key()]))
        known.setdefault(metric.key(), span)
        if not target.is_a(metric.of):
            message = f"`{name}` is of {metric.of.noun}, and the targets are {target.noun}"
            fitting = ", ".join(entry.name() for entry in entries(Metric) if target.is_a(entry.of))
            problems.add(Conflict(span, message, help=f"of {target.noun} there are {fitting}"))
        elif metric.from_probabilities and not loss.gives_probabilities:
            chosen = " + ".join(item.name() for item in loss.losses)
            message = f"`{name}` needs the probability of each class, and `{chosen}` gives none"
            labels = tuple(Label(place, "the loss") for place in [spans.get("train.loss")] if place)
            problems.add(Conflict(span, message, labels=labels, help="`cross_entropy` gives them"))
        else:
            try:
                metric.fits(target)
            except MisfitError as error:
                problems.add(Conflict(span, error.reason, help=error.help))


def check_batches(program: Program, spans: Spans, problems: Problems) -> None:
    """Every batch of training has as many samples as each layer needs."""
    samples = make_plan(program).splits.train
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
