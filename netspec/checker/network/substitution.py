"""Substitution: the body of a replacement, gone through in the place of the step that it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.names.declarations import INPUT
from netspec.checker.names.scope import Record, Scope, Unresolved, Value
from netspec.checker.names.values import names_in
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import function_of
from netspec.checker.network.layers import value_of
from netspec.checker.network.param_names import Level
from netspec.checker.network.replacements import Applied, Replacement
from netspec.checker.network.wiring import Wiring
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.problems import Problems
from netspec.problems.paths import Irreplaceable
from netspec.shapes import Shape


def substitute(replacement: Replacement, step: tree.Step, value: Any, frame: Frame, head: bool) -> Any:
    """What the replacement of a step gives for what would have flowed into the step."""
    _mention(step, frame.scope)
    applied = Applied(replacement, step.span, partial(_original, replacement, step, value, frame, head))
    value = _incoming(replacement, step, value, frame, head)
    wiring, path = frame.trace.wiring, replacement.path
    wiring.applied[path] = applied
    home = frame.trace.replacements.home
    scope = home.scope.inner()
    if value is not None:
        scope.values[INPUT] = value
    level, body = _level(replacement, frame.level)
    inner = replace(
        frame, home=home, scope=scope, level=level, current=value, bound={}, replaced=frame.replaced | {path}
    )
    with frame.trace.budget.deeper(replacement.place.span):
        result = inner.run(body)
    frame.level.inner.update(level.inner if body is not replacement.body else {})
    if isinstance(result, Value):
        applied.gives = result.shape
        wiring.substitutes[result.number] = applied
    return result


def _level(replacement: Replacement, level: Level) -> tuple[Level, tree.Body]:
    """Where the names of the body are. A single operation takes the name of what it replaces, as in torch a module that
    is assigned; several are a scope of that name."""
    body = replacement.body
    (statement,) = body.statements if len(body.statements) == 1 else (None,)
    step = statement.pipe.steps[0] if isinstance(statement, tree.Line) and len(statement.pipe.steps) == 1 else None
    if not isinstance(statement, tree.Line) or step is None or not _is_plain(step):
        return level.within(replacement.path, hidden=True), body
    label = tree.Label(step.span, replacement.path.removeprefix(level.prefix))
    line = replace(statement, pipe=replace(statement.pipe, steps=(replace(step, label=label),)))
    return Level(level.prefix, None, level.shared), replace(body, statements=(line,))


def _is_plain(step: tree.Step) -> bool:
    """Whether a step is an operation or a block, without a label."""
    return step.label is None and step.body is None and isinstance(step.operation, tree.Name | tree.Call)


def _mention(step: tree.Step, scope: Scope) -> None:
    """What the step speaks of was used by it."""
    for node in tree.walk(step):
        if isinstance(node, tree.Name):
            scope.mention(node)


# ---- what flows in ----


def _incoming(replacement: Replacement, step: tree.Step, value: Any, frame: Frame, head: bool) -> Any:
    """The one value that the step would take. Raises Unresolved after reporting that it takes none, or several."""
    node = _inner(step.operation)
    if isinstance(node, tree.Binary):
        raise _refuse(replacement, step, "takes several values", frame)
    if step.body is not None or not isinstance(node, tree.Name | tree.Call):
        return value
    layer = find(Layer, function_of(node).id)
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    if layer is not None and not layer.inputs.names:
        raise _refuse(replacement, step, "is a tensor by itself, and takes no value", frame)
    given = arguments[: count_inputs(arguments, layer)] if layer is not None else _values(arguments, frame.scope)
    if layer is not None and head and len(given) == 1 and layer.inputs.least == 1:
        return value_of(given[0].value, frame)
    if given:
        raise _refuse(replacement, step, "takes several values", frame)
    return value


def _inner(node: tree.Expression | tree.Repeat | None) -> tree.Expression | tree.Repeat | None:
    while isinstance(node, tree.Group):
        node = node.inner
    return node


def _values(arguments: Sequence[tree.Argument], scope: Scope) -> tuple[tree.Argument, ...]:
    """The arguments of a block that are values of the network, as far as their names tell it."""
    return tuple(
        item for item in arguments if any(isinstance(_peek(name, scope), Value) for name in names_in(item.value))
    )


def _peek(name: tree.Name, scope: Scope) -> Any:
    """What a name stands for; of a size, which has a dot, nothing."""
    head, _, rest = name.id.partition(".")
    value = scope.peek(head)
    if isinstance(value, Record):
        return value.values.get(rest)
    return value if not rest else None


def _refuse(replacement: Replacement, step: tree.Step, reason: str, frame: Frame) -> Unresolved:
    frame.problems.add(Irreplaceable(replacement.place.span, replacement.path, reason, step.span))
    return Unresolved()


# ---- what was there before ----


def _original(replacement: Replacement, step: tree.Step, value: Any, frame: Frame, head: bool) -> Shape | None:
    """The shape that the step would give, tried out beside the network; None if it can't be had, or isn't one."""
    problems = Problems()
    wiring = Wiring(problems, whole=False)
    wiring.values = list(frame.trace.wiring.values)
    trace = replace(frame.trace, problems=problems, wiring=wiring, bound={}, read=set(), given={}, shapes={})
    trace.networks, trace.labelled = dict(trace.networks), {path: list(given) for path, given in trace.labelled.items()}
    level = Level(frame.level.prefix, frame.level, frame.level.shared)
    replaced = frame.replaced | {replacement.path}
    quiet = replace(frame, trace=trace, scope=frame.scope.copy(), level=level, bound={}, replaced=replaced)
    label = tree.Label(step.span, replacement.path.removeprefix(frame.level.prefix))
    with frame.scope.index.pause():
        try:
            result = quiet.step(replace(step, label=label), value, head=head)
        except Unresolved:
            return None
    return result.shape if isinstance(result, Value) else None
