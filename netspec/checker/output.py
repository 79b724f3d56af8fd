"""The network's output against the loss and the targets, with all who take part in a misfit."""

from __future__ import annotations

from netspec.catalogue.entry import entries
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.losses.mse import MSE
from netspec.catalogue.types import Classes, Target
from netspec.checker.model import Model
from netspec.diagnostics import Edit, Fix, Label
from netspec.problems import Problems
from netspec.problems.shapes import NothingToLearn, OutputMismatch
from netspec.problems.training import DoubleActivation
from netspec.program.graph import Node
from netspec.shapes import Misfit, Shape
from netspec.source import Span
from netspec.wording import counted


def usual_loss(target: Target) -> Loss:
    """The loss that goes with targets of a kind."""
    return CrossEntropy() if isinstance(target, Classes) else MSE()


def check_output(model: Model, loss: Loss, target: Target, spans: dict[str, Span], problems: Problems) -> None:
    """Report a network that learns nothing, a loss for other targets, and an output that the loss doesn't take."""
    graph = model.graph
    assert graph is not None
    last = graph.producers.get(graph.outputs[0].value)
    place = last.span if last is not None else model.head
    if not graph.parameter_count:
        problems.add(NothingToLearn(place))
        return
    if len(graph.outputs) > 1:
        names = ", ".join(output.name for output in graph.outputs)
        problems.add(OutputMismatch(place, f"the network gives {names}, and the loss takes one value"))
        return
    written = spans.get("train.loss")
    labels = [Label(spans["data.source"], f"the targets are {target}")] if "data.source" in spans else []
    try:
        wanted = loss.output(target)
    except Misfit as error:
        right = f"loss = {usual_loss(target).name()}"
        problems.add(OutputMismatch(written or place, error.reason, labels=tuple(labels), help=right))
        return
    if graph.output != wanted:
        labels += [Label(written, f"takes {wanted}")] if written else []
        reason, help = _reason(graph.output, wanted, loss, target), _help(graph.output, wanted, loss, target)
        fix = _resize(model, last, wanted) if help is None else None
        problems.add(OutputMismatch(place, reason, f"gives {graph.output}", tuple(labels), help, fix))
    elif loss.activation is not None and last is not None and last.layer.name().endswith(loss.activation):
        first = (Label(written, "the first time"),) if written else ()
        problems.add(DoubleActivation(place, last.layer.name(), loss.name(), first))


def _reason(output: Shape, wanted: Shape, loss: Loss, target: Target) -> str:
    if isinstance(target, Classes) and output.rank == 1 and wanted == Shape.of(target.count):
        return f"the network gives {counted(output.size, 'output')} and the data has {target.count} classes"
    return f"`{loss.name()}` takes {wanted}, {loss.takes}, and the network gives {output}"


def _help(output: Shape, wanted: Shape, loss: Loss, target: Target) -> str | None:
    """What would be right, where it isn't just another number of outputs."""
    if output.rank > wanted.rank:
        return "`flatten` before the last layer"
    others = [other for other in entries(Loss) if other is not type(loss)]
    fitting = [other.name() for other in others if _takes(other, output, target)]
    return f"`{fitting[0]}` takes {output}" if fitting else None


def _takes(loss: type[Loss], output: Shape, target: Target) -> bool:
    try:
        return loss().output(target) == output
    except Misfit:
        return False


def _resize(model: Model, last: Node | None, wanted: Shape) -> Fix | None:
    """Give the last layer as many outputs as are wanted."""
    if last is None or not isinstance(last.layer, Linear):
        return None
    size = model.places[last.span].arguments.get("out_features")
    return Fix(f"`linear({wanted.last})`", (Edit(size, str(wanted.last)),)) if size is not None else None
