"""Calls of blocks: arguments bound to parameters, and the body gone through with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from netspec.catalogue.elsewhere import instead
from netspec.checker.names.declarations import INPUT, Definition
from netspec.checker.names.gaps import is_unclosed
from netspec.checker.names.scope import Deferred, Scope, Unresolved
from netspec.checker.names.values import evaluate
from netspec.checker.names.vocabulary import meant
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import function_of
from netspec.checker.network.wiring import Call
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems.names import Duplicate, UnknownArgument
from netspec.problems.values import MissingArgument, UnexpectedPosition
from netspec.zoo import NAME as ZOO


def call(step: tree.Step, definition: Definition, node: tree.Operation, value: Any, caller: Frame) -> Any:
    """What a block gives for a value that comes in."""
    definition.used = True
    path = caller.path(step)
    if _is_network(node):
        caller.trace.networks[path] = definition.name
    caller.scope.index.refer(function_of(node).span, definition.block.name.span)
    scope = _bind_arguments(definition, node, value, caller)
    level, calls = caller.level.within(path, hidden=True), (*caller.calls, Call(definition.name, node.span))
    with caller.trace.budget.deeper(node.span, _called(caller.calls)):
        frame = replace(
            caller, home=definition.home, scope=scope.inner(), level=level, current=value, calls=calls, bound={}
        )
        result = frame.run(definition.block.body)
    definition.used_parameters |= scope.used
    return result


def _is_network(node: tree.Operation) -> bool:
    """Whether a network of the zoo is called."""
    return function_of(node).id.startswith(f"{ZOO}.")


def _called(calls: Sequence[Call]) -> tuple[Label, ...]:
    """The places of the innermost calls, each once."""
    return tuple(Label(span, "called here") for span in dict.fromkeys(call.span for call in calls[-2:]))


def _bind_arguments(definition: Definition, node: tree.Operation, value: Any, caller: Frame) -> Scope:
    """The scope around the block's body, with its parameters. Raises Unresolved after reporting what is wrong."""
    scope = definition.home.scope.inner()
    if value is not None:
        scope.values[INPUT] = value
    arguments = _assign(definition, node, caller)
    good = True
    for parameter in definition.block.parameters:
        name = parameter.name.id
        try:
            if name in arguments:
                item = _given(arguments[name].value, caller)
                scope.arguments[name] = arguments[name].value, caller.scope
            elif parameter.default is not None:
                item = _given(parameter.default, replace(caller, home=definition.home, scope=scope, bound={}))
            else:
                if not is_unclosed(node.span, caller.problems):
                    expected = "which has no default"
                    caller.problems.add(MissingArgument(node.span, definition.name, name, expected))
                raise Unresolved
            scope.bind(name, item, parameter.name.span)
            scope.note(parameter.name.span, item)
            if name in arguments and (written := arguments[name].name) is not None:
                scope.note(written.span, item)
        except Unresolved:
            good = False
    if not good:
        raise Unresolved
    scope.flow = None
    return scope


def _assign(definition: Definition, node: tree.Operation, caller: Frame) -> dict[str, tree.Argument]:
    """The arguments of a call by the names of what the block takes; what fits none is reported."""
    parameters = tuple(parameter.name.id for parameter in definition.block.parameters)
    given: dict[str, tree.Argument] = {}
    for index, argument in enumerate(node.arguments if isinstance(node, tree.Call) else ()):
        if argument.name is not None:
            name = argument.name.id
            if name not in parameters:
                reason = instead(name, "network", elsewhere=False) if _is_network(node) else None
                nearest = None if reason else meant(name, parameters)
                problem = UnknownArgument(argument.name.span, definition.name, name, nearest, parameters, reason)
                caller.problems.add(problem)
                raise Unresolved
            caller.scope.index.refer(argument.name.span, definition.block.parameters[parameters.index(name)].name.span)
        elif index < len(parameters):
            name = parameters[index]
        else:
            limit = len(parameters) - sum(item.name is not None for item in given.values())
            caller.problems.add(UnexpectedPosition(argument.span, definition.name, None, "", limit))
            raise Unresolved
        if name in given:
            caller.problems.add(Duplicate(argument.span, "argument", name, given[name].span))
            raise Unresolved
        given[name] = argument
    return given


def _given(node: tree.Expression, caller: Frame) -> Any:
    """What a block is given: an operation as it is, to be applied within, or a value."""
    inner = node
    while isinstance(inner, tree.Group):
        inner = inner.inner
    function = inner.function if isinstance(inner, tree.Call) else inner
    if isinstance(inner, tree.Operation) and isinstance(function, tree.Name) and caller.is_operation(function):
        passed_on = isinstance(inner, tree.Name) and caller.scope.owner(inner.id) is not None
        return evaluate(inner, caller.scope, caller.problems) if passed_on else Deferred(inner, caller)
    return evaluate(node, caller.scope, caller.problems)
