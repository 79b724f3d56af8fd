"""Output of the network against the loss and the targets, with everything that takes part in a mismatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netspec.catalogue.entry import entries, find
from netspec.catalogue.losses import Loss
from netspec.catalogue.sections.train import Train
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataType
from netspec.checker.fit.activations import check_activation
from netspec.checker.network.model import Model
from netspec.diagnostics import Label
from netspec.problems import Problems
from netspec.problems.shapes import NothingToLearn, OutputMismatch
from netspec.program.graph import Node
from netspec.program.objective import Objective
from netspec.program.written import written
from netspec.shapes import MisfitError, Shape
from netspec.source import Span
from netspec.wording import counted, either

Accepted = Mapping[Shape, str]
"""The outputs that would do, each in words."""


def usual_loss(target: Target) -> Loss:
    """The loss that goes with such targets."""
    loss = find(Loss, target.usual_loss)
    assert loss is not None, target.usual_loss
    return loss()


def choose_loss(train: Train, target: Target) -> Objective:
    """The losses that are written, or the one that goes with the targets."""
    return Objective(train.loss, usual_loss(target)) if train.loss else Objective.of(usual_loss(target))


def _common_losses() -> Iterator[Loss]:
    """The losses that are offered where another one would do, the usual one first."""
    ranked = [(loss.common, loss) for loss in entries(Loss) if loss.common is not None]
    yield from (loss() for _, loss in sorted(ranked, key=lambda pair: pair[0]))


def check_output(model: Model, loss: Objective, type: DataType, spans: dict[str, Span], problems: Problems) -> None:
    """Report a network that learns nothing, losses for other targets, and an output that they don't take."""
    graph, target = model.graph, type.target
    assert graph is not None
    last = graph.producers.get(graph.outputs[0].value)
    place = last.span if last is not None else model.head
    if not graph.parameter_count:
        problems.add(NothingToLearn(place))
        return
    if len(graph.outputs) > 1:
        names = ", ".join(output.name for output in graph.outputs)
        first = graph.outputs[0].name
        help = f"a network with a loss has one output: end `model` with one value, such as `{first}` alone"
        problems.add(OutputMismatch(place, f"the network gives {names}, but the loss takes one value", help=help))
        return
    accepted = _accepted(loss, type, graph.output, place, spans, problems)
    if accepted is None:
        return
    if graph.output in accepted:
        for path, term in loss.by_path():
            if check_activation(model, term, spans.get(path), problems):
                return
        return
    first, place_of_loss = loss.losses[0], spans.get("train.loss")
    labels = _data_label(target, spans)
    labels += [Label(place_of_loss, f"takes {_shapes(accepted)}")] if place_of_loss else []
    reason, help = _reason(graph.output, accepted, first, target), _help(graph.output, accepted, first, type)
    help = help or _resize(last, next(iter(accepted)))
    problems.add(OutputMismatch(place, reason, f"gives {graph.output}", tuple(labels), help))


def _data_label(target: Target, spans: Mapping[str, Span]) -> list[Label]:
    return [Label(spans["data.source"], f"the targets are {target}")] if "data.source" in spans else []


def _accepted(
    loss: Objective, type: DataType, output: Shape, place: Span, spans: Mapping[str, Span], problems: Problems
) -> Accepted | None:
    """The outputs that all losses take; None after reporting one that is for other targets or for other outputs."""
    target = type.target
    found: dict[Shape, str] | None = None
    before: tuple[Loss, Span | None] | None = None
    for path, term in loss.judging_by_path():
        written = spans.get(path)
        try:
            takes = term.outputs(target, output)
        except MisfitError as error:
            reading = str(type.reading) if type.reading is not None else None
            right = error.help or reading or f"loss = {usual_loss(target).name()}"
            labels = tuple(_data_label(target, spans))
            blamed = spans.get(f"{path}.{error.argument}", written)
            problems.add(OutputMismatch(blamed or place, error.reason, labels=labels, help=right))
            return None
        both = takes if found is None else {shape: found[shape] for shape in found if shape in takes}
        if not both and before is not None:
            problems.add(_apart(before, found or {}, (term, written), takes))
            return None
        found, before = both, (term, written)
    return found


def _apart(
    first: tuple[Loss, Span | None], takes: Accepted, second: tuple[Loss, Span | None], others: Accepted
) -> OutputMismatch:
    """Two losses of a sum that no output does for."""
    reason = f"`{second[0].name()}` takes {_shapes(others)}, and `{first[0].name()}` {_shapes(takes)}"
    labels = (Label(first[1], f"takes {_shapes(takes)}"),) if first[1] else ()
    return OutputMismatch(second[1], reason, f"takes {_shapes(others)}", labels, "the losses of a sum take one output")


def _shapes(accepted: Accepted) -> str:
    return either([str(shape) for shape in accepted])


def _reason(output: Shape, accepted: Accepted, loss: Loss, target: Target) -> str:
    if target.labels and output.rank == 1 and list(accepted) == [Shape.of(len(target.labels))]:
        return f"the network gives {counted(output.size, 'output')}, but the data has {target.plural}"
    takes = (
        _shapes(accepted) if len(accepted) > 1 else "".join(f"{shape}, {words}" for shape, words in accepted.items())
    )
    return f"`{loss.name()}` takes {takes}, but the network gives {output}"


def _help(output: Shape, accepted: Accepted, loss: Loss, type: DataType) -> str | None:
    """What would be right, where it isn't just another number of outputs."""
    if all(output.rank > shape.rank for shape in accepted):
        return _flattened(output, next(iter(accepted)))
    others = (other for other in _common_losses() if other.name() != loss.name())
    helps = [f"`{other.name()}` takes {output}" for other in others if _takes(other, output, type.target)][:1]
    reading = type.reading
    if reading is not None and any(_takes(other, output, reading.other) for other in (loss, usual_loss(reading.other))):
        helps.append(str(reading))
    return "; ".join(helps) or None


def _flattened(output: Shape, wanted: Shape) -> str:
    """What makes one value for each class of the channels of an image, or of all values."""
    if wanted.rank == 1 and output.rank > 1 and output.channels == wanted.dims[0]:
        return "at the end: `-> global_avg_pool -> flatten`"
    return f"at the end: `-> flatten -> linear({wanted.dims[0]})`" if wanted.rank == 1 else "at the end: `-> flatten`"


def _takes(loss: Loss, output: Shape, target: Target) -> bool:
    try:
        return output in loss.outputs(target, output)
    except MisfitError:
        return False


def _resize(last: Node | None, wanted: Shape) -> str | None:
    """The last layer with as many outputs as are wanted, where one argument does it."""
    if last is None or not last.input_shapes or wanted.rank != last.shape.rank:
        return None
    layer = last.layer.resized(last.input_shapes[0], wanted)
    changed = [name for name, value in layer or () if value != getattr(last.layer, name)]
    return f"write `{written(layer)}`" if len(changed) == 1 and layer is not None else None
