"""Activations at the end of a network: those that the loss applies itself, and those that it needs before it."""

from __future__ import annotations

from netspec.catalogue.losses import Loss
from netspec.checker.network.model import Model
from netspec.diagnostics import Label
from netspec.problems import Problems
from netspec.problems.shapes import MissingActivation
from netspec.problems.training import DoubleActivation
from netspec.program.graph import Graph, Node
from netspec.source import Span


def check_activation(model: Model, loss: Loss, written: Span | None, problems: Problems) -> bool:
    """Report an activation that the loss does too, or the lack of one that it needs; whether there was something."""
    assert model.graph is not None
    last = model.graph.producers.get(model.graph.outputs[0].value)
    if loss.activation is not None and last is not None and last.layer.name().endswith(loss.activation):
        first = (Label(written, "the first time"),) if written else ()
        problems.add(DoubleActivation(last.span, last.layer.name(), loss.name(), first))
        return True
    maker = _maker(model.graph, last)
    if not loss.after or maker is None or not _is_unfit(maker, loss):
        return False
    labels = (Label(written, f"takes what `{loss.after[0]}` gives"),) if written else ()
    help = _help(model.graph, maker, last, loss.after[0])
    problems.add(MissingActivation(maker.span, loss.name(), loss.after, maker.layer.name(), labels, help))
    return True


def _maker(graph: Graph, node: Node | None) -> Node | None:
    """The operation that makes the numbers that a node gives."""
    while node is not None and node.layer.keeps_numbers:
        node = graph.producers.get(node.inputs[0])
    return node


def _is_unfit(maker: Node, loss: Loss) -> bool:
    """Whether an operation gives other numbers than the loss needs, as far as that can be said of it by itself."""
    learned = bool(maker.parameters and maker.inputs)
    return maker.layer.name() not in loss.after and (learned or maker.layer.elementwise)


def _help(graph: Graph, maker: Node, last: Node | None, right: str) -> str | None:
    """Put the activation in the place of another one, or behind the last layer."""
    if maker is not last or sum(node.span == maker.span for node in graph.nodes) > 1:
        return None
    if not maker.layer.elementwise:
        return f"write `-> {right}` at the end"
    return f"write `{right}` instead of `{maker.layer.name()}`" if maker.span.text == maker.layer.name() else None
