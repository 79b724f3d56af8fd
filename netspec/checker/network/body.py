"""Bodies of a network, statement by statement: lines, named values, branches and loops."""

from __future__ import annotations

from typing import Any

from netspec.checker.names.declarations import is_replacement
from netspec.checker.names.gaps import Gap, gaps
from netspec.checker.names.scope import Record, Symbol, Unresolved, Value
from netspec.checker.names.values import evaluate, extent, operand
from netspec.checker.names.wording import report_undefined, shown
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import is_section, is_tensor
from netspec.checker.network.layers import unknown_operation
from netspec.checker.network.shape_notes import check_note
from netspec.checker.network.steps import refuse_replacement, refuse_section
from netspec.checker.network.unreached import check_names
from netspec.lang import tree
from netspec.problems.names import Misplaced
from netspec.problems.shapes import NoInput
from netspec.problems.syntax import MissingColon
from netspec.problems.values import WrongValue
from netspec.wording import counted

OUTPUT = "output"
"""The name whose value is that of its body, whatever the last line gives."""


def run(body: tree.Body, frame: Frame) -> Any:
    """The value of a body: that of its last line, or the one that it binds to `output`."""
    statements(body, frame)
    _check_last(body, frame)
    for name, spans in frame.bound.items():
        frame.trace.bound |= dict.fromkeys(spans, name)
        if name in frame.scope.used or name == OUTPUT:
            frame.trace.read.update(spans)
    return frame.scope.values[OUTPUT] if OUTPUT in frame.bound else frame.current


def _check_last(body: tree.Body, frame: Frame) -> None:
    """A value that is named in the last line has nobody left to read it: a label was meant."""
    scope = frame.scope
    last = next((item for item in reversed(body.statements) if not is_replacement(item)), None)
    if not isinstance(last, tree.Setting) or last.name.id in (OUTPUT, *scope.used) or len(last.names) > 1:
        return
    value = scope.values.get(last.name.id)
    if isinstance(value, Value) and value.shape is not None:
        span = last.span.source.span(last.name.span.start, last.value.span.start)
        frame.problems.add(MissingColon(last.name.span, last.name.id, span))
        scope.used.add(last.name.id)
        frame.current = frame.trace.wiring.unknown(last.span)


# ---- statements ----


def statements(body: tree.Body, frame: Frame) -> None:
    """Go through a body in the frame itself, so that what it binds stays bound."""
    unread = gaps(body, frame.trace.unread) if frame.trace.unread else {}
    for index, statement in enumerate(body.statements):
        if index in unread:
            _skip(unread[index], frame)
        frame.trace.budget.spend(statement.span)
        try:
            _statement(statement, frame)
        except Unresolved:
            _leave_unknown(statement, frame)
    if len(body.statements) in unread:
        _skip(unread[len(body.statements)], frame)


def _skip(gap: Gap, frame: Frame) -> None:
    """What couldn't be read: the values that it would have given aren't known."""
    unknown = frame.trace.wiring.unknown(gap.span)
    for name in gap.names:
        if frame.scope.owner(name) is not None:
            frame.scope.values[name] = unknown
    if not gap.settings:
        frame.current = unknown


def _statement(statement: tree.Statement, frame: Frame) -> None:
    match statement:
        case tree.Setting():
            value = _value(statement.value, frame)
            _unpack(statement, value, frame)
            _note_shape(statement, value, frame)
        case tree.Line() if statement.section and is_section(statement.section[0]):
            refuse_section(statement.section[0], frame)
        case tree.Line() if is_replacement(statement) and statement.section is not None:
            if statement.span not in frame.trace.replacements.lines:
                refuse_replacement(statement.section[0], frame)
        case tree.Line():
            value = frame.pipe(statement.pipe)
            _note_shape(statement, value, frame)
            if not _is_tensor(statement.pipe, value):
                frame.current = value
        case tree.Branch():
            _branch(statement, frame)
        case tree.Loop():
            _loop(statement, frame)
        case _:
            message = "this stands at the top of the file, not in a network"
            frame.problems.add(Misplaced(statement.span, message))


def _leave_unknown(statement: tree.Statement, frame: Frame) -> None:
    """After a mistake: what the statement would have given isn't known, and nothing is said of what follows."""
    unknown, scope = frame.trace.wiring.unknown(statement.span), frame.scope
    for node in tree.walk(statement):
        for name in node.names if isinstance(node, tree.Setting) else ():
            if frame.is_operation(name):
                continue
            scope.values[name.id] = unknown
            scope.spans.setdefault(name.id, name.span)
            scope.used.add(name.id)
    if not isinstance(statement, tree.Setting):
        frame.current = unknown


def _branch(statement: tree.Branch, frame: Frame) -> None:
    taken = operand(statement.condition, bool, frame.scope, frame.problems)
    chosen, other = statement.then, statement.otherwise
    if not taken:
        chosen, other = other, chosen
    if other is not None:
        check_names(other, frame)
    if isinstance(chosen, tree.Branch):
        _branch(chosen, frame)
    elif chosen is not None:
        statements(chosen, frame)


def _loop(statement: tree.Loop, frame: Frame) -> None:
    node, variable, scope = statement.items, statement.variable, frame.scope
    if isinstance(node, tree.Range):
        items = extent(node, scope, frame.problems)
    else:
        items = evaluate(node, scope, frame.problems)
    if not isinstance(items, tuple | range):
        frame.problems.add(WrongValue(node.span, "for", "a list or a range like `1..3`", shown(items)))
        raise Unresolved
    if not items:
        check_names(statement.body, frame)
    frame.check_free(variable, "a loop variable")
    scope.index.declare(variable.span, "variable")
    for item in items:
        frame.trace.budget.spend(statement.span)
        scope.bind(variable.id, item, variable.span)
        scope.note(variable.span, item)
        statements(statement.body, frame)
    scope.values.pop(variable.id, None)
    scope.spans.pop(variable.id, None)


def _is_tensor(pipe: tree.Pipe, value: Any) -> bool:
    """Whether a line is nothing but a learned tensor, which is no value for the next line."""
    batched = isinstance(value, Value) and value.shape is not None and value.shape.batched
    return not batched and len(pipe.steps) == 1 and is_tensor(pipe.steps[0].operation)


def _note_shape(statement: tree.Setting | tree.Line, value: Any, frame: Frame) -> None:
    """Remember the shape of a line, and hold it against the one that is noted behind it."""
    shape, shapes = value.shape if isinstance(value, Value) else None, frame.trace.shapes
    known = shapes.setdefault(statement.span, shape)
    if known is not shape and known != shape:
        # a line that is gone through several times may give another shape each time
        shapes[statement.span] = None
    if statement.note is not None:
        check_note(statement.note, value, frame.scope, frame.problems)


# ---- named values ----


def _unpack(statement: tree.Setting, value: Any, frame: Frame) -> None:
    """Bind the names of a setting to a value, or to as many values as there are names."""
    targets = statement.names
    values = _parts(value, len(targets))
    if len(values) != len(targets):
        message = f"{counted(len(targets), 'name')} for {counted(len(values), 'value')}"
        help = "give each value a name: left, right = chunk(2)" if len(values) > 1 else None
        span = statement.span.source.span(statement.span.start, targets[-1].span.end)
        frame.problems.add(NoInput(span, message, help))
        raise Unresolved
    for name, item in zip(targets, values, strict=True):
        if isinstance(item, Value):
            frame.trace.given[name.span] = item.number
        frame.bind(name, item)


def _parts(value: Any, count: int) -> tuple[Any, ...]:
    """A value as what so many names stand for."""
    match value:
        case Value(shape=None):
            return (value,) * count
        case Record(values=values) if count > 1:
            return tuple(values.values())
        case tuple() if count > 1 or (value and all(isinstance(item, Value) for item in value)):
            return value
        case _:
            return (value,)


def _value(node: tree.Expression, frame: Frame) -> Any:
    """What stands behind `=`: the value of a pipe or an operation, several values in braces, or a plain value."""
    while isinstance(node, tree.Group):
        node = node.inner
    if isinstance(node, tree.Pipe):
        record = _record_of(node)
        return _record(record, frame) if record is not None else frame.pipe(node)
    if _is_applied(node, frame):
        return frame.pipe(tree.Pipe(node.span, (tree.Step(node.span, None, node),)))
    value = evaluate(node, frame.scope, frame.problems)
    if isinstance(value, Symbol):
        if isinstance(node, tree.Name):
            unknown_operation(node, frame)
        report_undefined(value.id, node, frame.scope, frame.problems)
        raise Unresolved
    return value


def _is_applied(node: tree.Expression, frame: Frame) -> bool:
    """Whether an expression is an operation, which takes the value of the line above."""
    if isinstance(node, tree.Call):
        return node.function.id not in ("min", "max") or not node.arguments
    return isinstance(node, tree.Name) and frame.is_operation(node)


def _record_of(pipe: tree.Pipe) -> tree.Body | None:
    """The settings of `{ left = …, right = … }`, where a pipe is nothing else."""
    step = pipe.steps[0]
    if len(pipe.steps) > 1 or step.label is not None or step.operation is not None or step.body is None:
        return None
    settings = step.body.statements and all(isinstance(item, tree.Setting) for item in step.body.statements)
    return step.body if settings else None


def _record(body: tree.Body, frame: Frame) -> Record:
    values: dict[str, Any] = {}
    for item in body.statements:
        assert isinstance(item, tree.Setting)
        values[item.name.id] = _value(item.value, frame)
        frame.scope.index.declare(item.name.span, "value")
        frame.scope.note(item.name.span, values[item.name.id])
        _note_shape(item, values[item.name.id], frame)
    return Record(values)
