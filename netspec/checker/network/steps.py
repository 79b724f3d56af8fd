"""The steps of a pipe: bodies, blocks, layers, and what is applied again, each with the value that comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.checker.names.declarations import REPLACE
from netspec.checker.names.scope import Deferred, Record, Symbol, Unresolved, Value
from netspec.checker.names.values import evaluate, operand
from netspec.checker.names.wording import report_undefined, shown, taken
from netspec.checker.network.calls import call
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import BUILT_IN, RESIDUAL, REUSE, function_of, is_section
from netspec.checker.network.layers import apply_layer, incoming, unknown_operation
from netspec.checker.network.operators import operator, residual_help
from netspec.checker.network.param_names import label_text
from netspec.checker.network.replacements import EXAMPLE, Replaced
from netspec.checker.network.reuse import reuse
from netspec.checker.network.substitution import substitute
from netspec.checker.network.unreached import check_names
from netspec.lang import tree
from netspec.problems.names import Misplaced
from netspec.problems.values import WrongValue


def pipe(node: tree.Pipe, frame: Frame) -> Any:
    """What a pipe gives. Of each step that is wrong in itself it is said, whatever comes in."""
    value = frame.current
    for index, step in enumerate(node.steps):
        try:
            value = apply(step, value, frame, head=index == 0)
        except Unresolved:
            value = frame.trace.wiring.unknown(step.span)
            frame.scope.index.infer(step.span, None)
            # what the step speaks of would have been used
            for part in tree.walk(step):
                if isinstance(part, tree.Name):
                    frame.scope.mention(part)
    return value


def apply(step: tree.Step, value: Any, frame: Frame, head: bool) -> Any:
    """What a step gives. `head` says that it is the first of its pipe, so that `value` is that of the line above."""
    try:
        result = _apply(step, value, frame, head)
    except Replaced as found:
        result = substitute(found.replacement, step, value, frame, head)
    if step.label is not None:
        frame.give(step.label, result)
    frame.scope.index.infer(step.span, result.shape if isinstance(result, Value) else None)
    return result


def _apply(step: tree.Step, value: Any, frame: Frame, head: bool) -> Any:
    if step.body is None and isinstance(step.operation, tree.Operation):
        return _operation(step, step.operation, value, frame, head)
    match step:
        case tree.Step(operation=tree.Group(inner=tree.Name() | tree.Call() | tree.Group() as inner)):
            return _apply(replace(step, operation=inner), value, frame, head)
        case tree.Step(operation=tree.Repeat() as node, body=tree.Body() as inner):
            return _repeat(step, node, inner, value, frame)
        case tree.Step(operation=tree.Name(id="residual"), body=tree.Body() as inner):
            return _residual(step, inner, value, frame)
        case tree.Step(operation=None, body=tree.Body() as inner):
            return frame.within(inner, frame.level.within(frame.path(step)), value, step.span)
        case tree.Step(operation=tree.Name() | tree.Call() as node, body=tree.Body()):
            _refuse_body(node, frame)
        case tree.Step(operation=tree.Binary() as node, label=tree.Label(), body=None) if head:
            path = frame.path(step)
            left, right = (frame.side(side) for side in (node.left, node.right))
            return frame.join(node, left, right, path)
        case tree.Step(operation=node) if node is not None and not isinstance(node, tree.Repeat):
            return _expression(step, node, frame, head)
        case _:
            pass
    raise Unresolved


def _operation(step: tree.Step, node: tree.Operation, value: Any, frame: Frame, head: bool) -> Any:
    """What a name or a call gives: a layer, a block, an operation that the block was given, or a value by its name."""
    function = function_of(node)
    given = frame.scope.peek(function.id)
    if isinstance(given, Symbol):
        unknown_operation(function, frame)
    if isinstance(node, tree.Name) and (_is_bound(node, frame) or frame.has_part(node)):
        return _expression(step, node, frame, head)
    frame.trace.budget.spend(node.span)
    if isinstance(given, Deferred):
        frame.scope.mention(function)
        return _given(step, node, given, value, frame, head)
    if frame.home.may_have(function.id) and function.id not in (*frame.home.blocks, *names(Layer), *BUILT_IN):
        raise Unresolved
    if function.id == REUSE:
        return reuse(step, node, value, frame, head)
    if function.id == REPLACE:
        refuse_replacement(node, frame)
        raise Unresolved
    if function.id == RESIDUAL:
        frame.problems.add(Misplaced(node.span, f"`{RESIDUAL}` takes a body: {RESIDUAL} {{ … }}"))
        raise Unresolved
    if function.id in frame.home.blocks:
        return call(step, frame.home.blocks[function.id], node, value, frame)
    return apply_layer(step, node, value, frame, head)


def _is_bound(node: tree.Name, frame: Frame) -> bool:
    """Whether a name is that of a value or a param, or of a part of one."""
    return frame.scope.owner(node.id.partition(".")[0]) is not None and not frame.is_operation(node)


def _expression(step: tree.Step, node: tree.Expression, frame: Frame, head: bool) -> Any:
    """A step that is no operation: a value that a pipe begins with."""
    if not head:
        message = "`->` leads into an operation, and this is a value"
        frame.problems.add(Misplaced(node.span, message))
        raise Unresolved
    if step.label is not None:
        message = "a label names an operation; `=` gives a name to a value"
        frame.problems.add(Misplaced(step.label.span, message))
    value = evaluate(node, frame.scope, frame.problems)
    written, _ = frame.scope.source(node)
    if isinstance(value, Symbol):
        report_undefined(value.id, node, frame.scope, frame.problems)
        raise Unresolved
    if not isinstance(value, Value | Record):
        message, labels = "an operation or a value of the network", taken(written, node)
        frame.problems.add(WrongValue(written.span, "a line", message, shown(value), labels=labels))
        raise Unresolved
    return value


# ---- bodies ----


def _repeat(step: tree.Step, repeat: tree.Repeat, inner: tree.Body, value: Any, frame: Frame) -> Any:
    level = frame.level.within(frame.path(step)) if step.label else frame.level
    count = operand(repeat.count, float, frame.scope, frame.problems)
    if not isinstance(count, int) or count < 0:
        problem = WrongValue(repeat.count.span, "repeat", "a whole number of at least 0", shown(count))
        frame.problems.add(problem)
        raise Unresolved
    if count == 0:
        check_names(inner, frame)
    for _ in range(count):
        frame.trace.budget.spend(step.span)
        value = frame.within(inner, level, value, step.span)
    return value


def _residual(step: tree.Step, inner: tree.Body, value: Any, frame: Frame) -> Any:
    level = frame.level.within(frame.path(step)) if step.label else frame.level
    before = incoming(value, step.span, RESIDUAL, frame)
    after = incoming(frame.within(inner, level, value, step.span), step.span, RESIDUAL, frame)
    help = residual_help(before.shape, after.shape)
    placed = frame.placed(level.sign("+"), step.span)
    return frame.connect(operator("+", before, after), [before, after], placed, help)[0]


def _refuse_body(node: tree.Operation, frame: Frame) -> None:
    """Report an operation with a body that takes none."""
    if is_section(node):
        refuse_section(node, frame)
    elif function_of(node).id == REPLACE:
        refuse_replacement(node, frame)
    else:
        frame.problems.add(Misplaced(node.span, f"`{node.span.text}` takes no body"))


def refuse_section(head: tree.Operation, frame: Frame) -> None:
    """Report a section within a network."""
    message = f"the section `{head.span.text}` stands at the top of the file, not in `model`"
    frame.problems.add(Misplaced(head.span, message, "close `model` with `}` before it"))


def refuse_replacement(head: tree.Name | tree.Call, frame: Frame) -> None:
    """Report a replacement that isn't a line of `model` by itself, with a path and a body."""
    message = f"`{REPLACE}` is a line of `model` itself, with a path and a body"
    frame.problems.add(Misplaced(head.span, message, f"write {EXAMPLE} there"))


# ---- operations that are written elsewhere ----


def _given(step: tree.Step, node: tree.Operation, given: Deferred, value: Any, frame: Frame, head: bool) -> Any:
    """An operation that the block was given; by its bare name it takes arguments here."""
    theirs: Frame = given.body
    # names in the label are those of the block, not of where the operation is from
    text = label_text(step.label, frame.scope, frame.problems) if step.label is not None else None
    step = replace(step, label=tree.Label(step.label.span, text) if step.label is not None and text else None)
    if isinstance(node, tree.Name):
        inner = replace(
            theirs,
            trace=frame.trace,
            scope=theirs.scope.copy(),
            level=frame.level,
            current=frame.current,
            calls=frame.calls,
            bound={},
            replaced=frame.replaced,
        )
        return _operation(replace(step, operation=given.node), given.node, value, inner, head)
    if isinstance(given.node, tree.Call):
        message = f"`{node.function.id}` has its arguments already: {given.node.span.text}"
        frame.problems.add(Misplaced(node.span, message))
        raise Unresolved
    inner = replace(frame, home=theirs.home, scope=frame.scope.copy(), bound={})
    called = replace(node, function=given.node)
    return _operation(replace(step, operation=called), called, value, inner, head)
