"""Layers of a network: their inputs, their arguments, and the entry of the catalogue that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL
from netspec.catalogue.slots import slots
from netspec.checker.entries.bind import find_entry
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.scope import Symbol, Unresolved, Value
from netspec.checker.names.values import names_in
from netspec.checker.names.vocabulary import bare
from netspec.checker.names.wording import report_undefined, shown, taken
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import function_of
from netspec.checker.network.layer_cache import CACHE
from netspec.diagnostics import Guess
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.problems.names import UndefinedName, UnknownOperation
from netspec.problems.shapes import NoInput
from netspec.problems.values import WrongValue
from netspec.source import Span
from netspec.zoo import NAME as ZOO
from netspec.zoo import network_named


def apply_layer(step: tree.Step, node: tree.Operation, value: Any, frame: Frame, head: bool) -> Any:
    """What a layer gives: one value, or a tuple of several."""
    path = frame.path(step)
    function = function_of(node)
    kind = find(Layer, function.id) or unknown_operation(function, frame)
    values, rest = _inputs(node, kind, frame)
    layer, arguments = _entry(node, rest, frame)
    # what begins a line takes the value above, unless all that it needs is written
    if kind.inputs.names and not (head and values and len(values) >= kind.inputs.least):
        values.insert(0, incoming(value, node.span, kind.name(), frame))
    outputs = frame.connect(layer, values, frame.placed(path, node.span, arguments))
    if not kind.inputs.names and step.label is not None:
        frame.bind(tree.Name(step.label.span, step.label.id), outputs[0])
    return outputs[0] if len(outputs) == 1 else outputs


def incoming(value: Any, span: Span, name: str, frame: Frame) -> Value:
    """The one value that flows into an operation. Raises Unresolved after reporting that there is none, or more."""
    if isinstance(value, Value):
        return value
    if value is None:
        known = [name for name in frame.scope.names() if isinstance(frame.scope.peek(name), Value)]
        help = f"begin with one of the values: {', '.join(known[:6])}" if known else None
        frame.problems.add(NoInput(span, f"no value comes in to `{name}`", help))
    else:
        help = "give each a name: left, right = chunk(2)"
        frame.problems.add(NoInput(span, f"several values come in to `{name}`", help))
    raise Unresolved


def unknown_operation(function: tree.Name, frame: Frame) -> type[Layer]:
    """Report an operation that doesn't exist, or what a block was given in the place of one, and raise Unresolved."""
    written, scope = frame.scope.source(function)
    name = written if isinstance(written, tree.Name) else function
    hint = frame.why_unknown(name.id, name.span) if not frame.problems.follows(name.span) else None
    if hint is not None and find(Layer, name.id) is None:
        frame.problems.add(UndefinedName(name.span, name.id, None, (), hint=hint))
        raise Unresolved
    network = network_named(bare(name.id)) if find(Layer, name.id) is None else None
    if network is not None:
        nearest = Guess.of(f"{ZOO}.{network}", certain=True)
        frame.problems.add(UnknownOperation(name.span, name.id, Layer.kind, nearest, names(Layer)))
        raise Unresolved
    return find_entry(name, Layer, frame.problems, lambda: (*frame.known_operations(), *scope.names()))


def value_of(node: tree.Expression, frame: Frame) -> Value:
    """The one value that an argument is."""
    value = frame.side(node)
    if isinstance(value, Value):
        return value
    if isinstance(value, Symbol):
        report_undefined(value.id, node, frame.scope, frame.problems)
        raise Unresolved
    written, _ = frame.scope.source(node)
    labels = taken(written, node)
    frame.problems.add(WrongValue(written.span, "an input", "one value of the network", shown(value), labels=labels))
    raise Unresolved


def _inputs(node: tree.Operation, kind: type[Layer], frame: Frame) -> tuple[list[Value], tree.Operation]:
    """The values among the leading arguments, and the call without them."""
    count = count_inputs(node.arguments, kind) if isinstance(node, tree.Call) else 0
    if isinstance(node, tree.Name) or count == 0:
        return [], node
    values = [value_of(argument.value, frame) for argument in node.arguments[:count]]
    return values, replace(node, arguments=node.arguments[count:])


def _entry(written: tree.Operation, node: tree.Operation, frame: Frame) -> tuple[Layer, dict[str, Span]]:
    """The layer that a call stands for, and the places of its arguments; `node` is what is written, less its inputs."""
    known = frame.trace.entries.get(id(written))
    if known is not None:
        return known[1:]
    if node is written and (found := CACHE.find(node, frame.scope, frame.problems)) is not None:
        return found
    layer, arguments = _elaborate(node, frame, remember=node is written)
    if not any(frame.scope.owner(name.id.partition(".")[0]) for name in names_in(node)):
        # without names in it, it is the same in every turn of a loop and wherever else it is written
        frame.trace.entries[id(written)] = written, layer, arguments
    return layer, arguments


def _elaborate(node: tree.Operation, frame: Frame, *, remember: bool) -> tuple[Layer, dict[str, Span]]:
    before = frame.problems.reports
    elaborator = Elaborator(frame.scope, frame.problems)
    layer = elaborator.entry(node, Layer, MODEL)
    if not elaborator.trusted(MODEL):
        # with a wrong argument left to its default, what comes out isn't what was meant
        raise Unresolved
    places = {name: f"{MODEL}.{name}" for name in slots(type(layer))}
    arguments = {name: elaborator.spans[path] for name, path in places.items() if path in elaborator.spans}
    if remember and frame.problems.reports == before:
        CACHE.remember(node, layer, frame.scope)
    return layer, arguments
