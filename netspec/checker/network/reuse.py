"""Reuse: what a label names is applied once more, with the same weights and maybe with other values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.names.declarations import INPUT
from netspec.checker.names.scope import Scope, Unresolved, Value
from netspec.checker.names.vocabulary import meant
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import REUSE, function_of
from netspec.checker.network.layers import value_of
from netspec.checker.network.param_names import Level
from netspec.checker.network.wiring import Call
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.problems.names import Misplaced, UnknownLabel
from netspec.problems.values import UnexpectedPosition


def reuse(step: tree.Step, node: tree.Operation, value: Any, frame: Frame, head: bool) -> Any:
    """Apply what a label names once more. Further values take the place of those that it was called with; of a line
    that begins with `reuse` the first one is the value that flows in."""
    name, further = _label(node, frame)
    values = [value_of(argument.value, frame) for argument in further]
    found = frame.level.find(name.id)
    if found is None:
        if not frame.problems.follows(name.span):
            known = frame.level.known()
            frame.problems.add(UnknownLabel(name.span, name.id, meant(name.id, known), known))
        raise Unresolved
    if found.step.label is not None:
        frame.scope.index.refer(name.span, found.step.label.span)
    if step.label is not None:
        message = f"`{step.label.id}` would be a second name for the weights of `{name.id}`"
        frame.problems.add(Misplaced(step.label.span, message, f"leave out `{step.label.id}:`"))
    if values and head:
        value, values, further = values[0], values[1:], further[1:]
    prefix, _, last = found.path.rpartition(".")
    level = Level(f"{prefix}." if prefix else "", frame.level, shared=True)
    scope = found.scope.copy()
    scope.values |= {} if value is None else {INPUT: value}
    calls = (*frame.calls, Call(REUSE, node.span))
    again = replace(frame, home=found.home, scope=scope, level=level, current=value, calls=calls, bound={})
    operation = found.step.operation
    if values:
        operation = _called(found.step, values, further, scope, again)
    label = tree.Label(node.span, last)
    return again.step(replace(found.step, operation=operation, label=label, span=node.span), value, head=False)


def _label(node: tree.Operation, frame: Frame) -> tuple[tree.Name, tuple[tree.Argument, ...]]:
    """The label that is named and the further arguments. Raises Unresolved after reporting what is wrong."""
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    if not arguments or not isinstance(name := arguments[0].value, tree.Name) or arguments[0].name is not None:
        message = f"`{REUSE}` takes the label of an operation, a scope or a block: {REUSE}(fc1)"
        frame.problems.add(Misplaced(node.span, message))
        raise Unresolved
    for argument in arguments[1:]:
        if argument.name is not None:
            message = f"`{REUSE}` takes a label and values; the other arguments stay those of `{name.id}`"
            frame.problems.add(Misplaced(argument.span, message, f"leave out `{argument.span.text}`"))
            raise Unresolved
    return name, arguments[1:]


def _called(
    step: tree.Step, values: Sequence[Value], further: Sequence[tree.Argument], scope: Scope, frame: Frame
) -> tree.Call:
    """The operation of a step with other values; they have names in `scope` that can't be written. Raises Unresolved
    after reporting that it takes fewer."""
    function, arguments = _operation(step)
    definition = frame.home.blocks.get(function.id) if function is not None else None
    entry = find(Layer, function.id) if function is not None else None
    most, taken = 0, 0
    if definition is not None:
        most = taken = len(definition.block.parameters)
    elif entry is not None and step.body is None:
        more = entry.inputs.most
        most, taken = len(values) if more is None else max(more - 1, 0), count_inputs(arguments, entry)
    if function is None or len(values) > most:
        label = step.label.id if step.label is not None else ""
        frame.problems.add(UnexpectedPosition(further[most].span, label, None, "", most))
        raise Unresolved
    for index, value in enumerate(values):
        scope.values[f"{REUSE} {index}"] = value
    given = [
        tree.Argument(item.span, None, tree.Name(item.value.span, f"{REUSE} {index}"))
        for index, item in enumerate(further)
    ]
    rest = arguments[taken:] if definition is None else _without(arguments, definition.block.parameters[: len(values)])
    return tree.Call(function.span, function, (*given, *rest))


def _operation(step: tree.Step) -> tuple[tree.Name | None, tuple[tree.Argument, ...]]:
    node = step.operation
    while isinstance(node, tree.Group):
        node = node.inner
    if step.body is not None or not isinstance(node, tree.Operation):
        return None, ()
    return function_of(node), node.arguments if isinstance(node, tree.Call) else ()


def _without(arguments: Sequence[tree.Argument], parameters: Sequence[tree.Parameter]) -> tuple[tree.Argument, ...]:
    """The arguments of a block without those of its first parameters."""
    names = {parameter.name.id for parameter in parameters}
    first = len(parameters)
    return tuple(
        item
        for index, item in enumerate(arguments)
        if (item.name.id not in names if item.name is not None else index >= first)
    )
