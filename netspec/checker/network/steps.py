"""The steps of a pipe: layers, blocks, bodies, and what is applied again, each with what comes in to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netspec.catalogue.entry import find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import slots
from netspec.checker.names.declarations import Definition
from netspec.checker.names.scope import Deferred, Record, Symbol, Unresolved, Value
from netspec.checker.names.values import evaluate, names_in, operand, report_undefined, shown, taken
from netspec.checker.names.vocabulary import meant
from netspec.checker.network.calls import bind_arguments
from netspec.checker.network.operators import operator, residual_help
from netspec.checker.network.param_names import Labelled, Level, label_text
from netspec.checker.network.unreached import check_names
from netspec.checker.network.wiring import Call
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.problems.names import Misplaced, UnknownLabel
from netspec.problems.shapes import NoInput
from netspec.problems.values import WrongValue
from netspec.source import Span

if TYPE_CHECKING:
    from netspec.checker.network.body import Frame

RESIDUAL, REUSE = "residual", "reuse"
BUILT_IN = (REUSE, RESIDUAL)
"""Operations that aren't the catalogue's; `repeat` is a word of the grammar."""


def is_operation(name: tree.Name, body: Frame) -> bool:
    """Whether a bare name is that of an operation."""
    if body.scope.owner(name.id) is not None:
        return isinstance(body.scope.peek(name.id), Deferred)
    return name.id in body.home.blocks or name.id in names(Layer) or name.id in BUILT_IN


def known_operations(body: Frame) -> tuple[str, ...]:
    """What could be meant by a misspelt operation, beside the catalogue's: blocks and values."""
    return (*body.home.blocks, *BUILT_IN, *body.scope.names())


def apply(step: tree.Step, value: Any, body: Frame, *, head: bool) -> Any:
    """What a step gives. `head` says that it is the first of its pipe, so that `value` is that of the line above."""
    match step:
        case tree.Step(operation=tree.Group(inner=tree.Name() | tree.Call() | tree.Group() as inner)):
            return apply(replace(step, operation=inner), value, body, head=head)
        case tree.Step(operation=tree.Repeat() as repeat, body=tree.Body() as inner):
            return _repeat(step, repeat, inner, value, body)
        case tree.Step(operation=tree.Name(id="residual"), body=tree.Body() as inner):
            return _residual(step, inner, value, body)
        case tree.Step(operation=None, body=tree.Body() as inner):
            return body.within(inner, body.level.within(_path(step, body)), value, step.span)
        case tree.Step(operation=tree.Name() | tree.Call() as node, body=tree.Body()):
            body.refuse_body(node)
        case tree.Step(operation=tree.Name() | tree.Call() as node, body=None):
            return operation(step, node, value, body, head=head)
        case tree.Step(operation=tree.Binary() as node, label=tree.Label(), body=None) if head:
            path = _path(step, body)
            left, right = (body.side(side) for side in (node.left, node.right))
            return body.join(node, left, right, path)
        case tree.Step(operation=node) if node is not None and not isinstance(node, tree.Repeat):
            return _expression(step, node, body, head)
        case _:
            pass
    raise Unresolved


def operation(step: tree.Step, node: tree.Name | tree.Call, value: Any, body: Frame, *, head: bool) -> Any:
    """What a name or a call gives: a layer, a block, an operation that the block was given, or a value by its name."""
    function = function_of(node)
    given = body.scope.peek(function.id)
    if isinstance(given, Symbol):
        _unknown(function, body)
    if isinstance(node, tree.Name) and body.scope.owner(node.id.partition(".")[0]) and not is_operation(node, body):
        return _expression(step, node, body, head)
    body.trace.budget.spend(node.span)
    if isinstance(given, Deferred):
        body.scope.mark_used(function.id)
        return _given(step, node, given, value, body, head)
    if body.home.may_have(function.id) and function.id not in (*body.home.blocks, *names(Layer), *BUILT_IN):
        raise Unresolved
    if function.id == REUSE:
        return _reuse(step, node, value, body, head)
    if function.id == RESIDUAL:
        body.problems.add(Misplaced(node.span, f"`{RESIDUAL}` takes a body: {RESIDUAL} {{ … }}"))
        raise Unresolved
    if function.id in body.home.blocks:
        return _block(step, body.home.blocks[function.id], node, value, body)
    return _layer(step, node, value, body, head)


def function_of(node: tree.Name | tree.Call) -> tree.Name:
    return node if isinstance(node, tree.Name) else node.function


def is_tensor(node: tree.Expression | tree.Repeat | None) -> bool:
    """Whether an operation takes nothing in, as a learned tensor does: its label is the name of a value."""
    if not isinstance(node, tree.Name | tree.Call):
        return False
    layer = find(Layer, function_of(node).id)
    return layer is not None and not layer.inputs.names


def incoming(value: Any, span: Span, name: str, body: Frame) -> Value:
    """The one value that flows into an operation. Raises Bad after reporting that there is none, or more."""
    if isinstance(value, Value):
        return value
    if value is None:
        known = [name for name in body.scope.names() if isinstance(body.scope.peek(name), Value)]
        help = f"begin with one of the values: {', '.join(known[:6])}" if known else None
        body.problems.add(NoInput(span, f"no value comes in to `{name}`", help))
    else:
        help = "give each a name: left, right = chunk(2)"
        body.problems.add(NoInput(span, f"several values come in to `{name}`", help))
    raise Unresolved


def _path(step: tree.Step, body: Frame) -> str:
    """The name of a step in the state_dict; what has a label can be applied again by it."""
    text = label_text(step.label, body.scope, body.problems) if step.label is not None else None
    if step.label is None or text is None:
        return body.level.next(step.span)
    path = body.level.label(step.label, text, body.problems)
    plain = step.body is None and not isinstance(step.operation, tree.Call)
    scope = body.scope if plain else body.scope.copy()
    body.level.labelled[text] = Labelled(path, step, scope, body.home)
    return path


def _expression(step: tree.Step, node: tree.Expression, body: Frame, head: bool) -> Any:
    """A step that is no operation: a value that a pipe begins with."""
    if not head:
        message = "`->` leads into an operation, and this is a value"
        body.problems.add(Misplaced(node.span, message))
        raise Unresolved
    if step.label is not None:
        message = "a label names an operation; `=` gives a name to a value"
        body.problems.add(Misplaced(step.label.span, message))
    value = evaluate(node, body.scope, body.problems)
    place, _ = body.scope.source(node)
    if isinstance(value, Symbol):
        report_undefined(value.id, node, body.scope, body.problems)
        raise Unresolved
    if not isinstance(value, Value | Record):
        message, labels = "an operation or a value of the network", taken(place, node)
        body.problems.add(WrongValue(place.span, "a line", message, shown(value), labels=labels))
        raise Unresolved
    return value


# ---- bodies ----


def _repeat(step: tree.Step, repeat: tree.Repeat, inner: tree.Body, value: Any, body: Frame) -> Any:
    level = body.level.within(_path(step, body)) if step.label else body.level
    count = operand(repeat.count, float, body.scope, body.problems)
    if not isinstance(count, int) or count < 0:
        body.problems.add(WrongValue(repeat.count.span, "repeat", "a whole number of at least 0", shown(count)))
        raise Unresolved
    if count == 0:
        check_names(inner, body)
    for _ in range(count):
        body.trace.budget.spend(step.span)
        value = body.within(inner, level, value, step.span)
    return value


def _residual(step: tree.Step, inner: tree.Body, value: Any, body: Frame) -> Any:
    level = body.level.within(_path(step, body)) if step.label else body.level
    before = incoming(value, step.span, RESIDUAL, body)
    after = incoming(body.within(inner, level, value, step.span), step.span, RESIDUAL, body)
    help = residual_help(before.shape, after.shape)
    placed = body.placed(level.sign("+"), step.span)
    return body.trace.wiring.operation(operator("+", before, after), (before, after), placed, help)[0]


def _block(step: tree.Step, definition: Definition, node: tree.Name | tree.Call, value: Any, body: Frame) -> Any:
    path = _path(step, body)
    definition.used = True
    scope = bind_arguments(definition, node, value, body)
    level, calls = body.level.within(path, hidden=True), (*body.calls, Call(definition.name, node.span))
    with body.trace.budget.deeper(node.span, _called(body.calls)):
        inner = replace(
            body, home=definition.home, scope=scope.inner(), level=level, current=value, calls=calls, bound={}
        )
        result = inner.run(definition.block.body)
    definition.used_parameters |= scope.used
    return result


def _called(calls: Sequence[Call]) -> tuple[Label, ...]:
    """The places of the innermost calls, each once."""
    return tuple(Label(span, "called here") for span in dict.fromkeys(call.span for call in calls[-2:]))


def _given(step: tree.Step, node: tree.Name | tree.Call, given: Deferred, value: Any, body: Frame, head: bool) -> Any:
    """An operation that the block was given; by its bare name it takes arguments here."""
    theirs: Frame = given.body
    # names in the label are those of the block, not of where the operation is from
    text = label_text(step.label, body.scope, body.problems) if step.label is not None else None
    step = replace(step, label=tree.Label(step.label.span, text) if step.label is not None and text else None)
    if isinstance(node, tree.Name):
        inner = replace(
            theirs, scope=theirs.scope.copy(), level=body.level, current=body.current, calls=body.calls, bound={}
        )
        return operation(replace(step, operation=given.node), given.node, value, inner, head=head)
    if isinstance(given.node, tree.Call):
        message = f"`{node.function.id}` has its arguments already: {given.node.span.text}"
        body.problems.add(Misplaced(node.span, message))
        raise Unresolved
    inner = replace(body, home=theirs.home, scope=body.scope.copy(), bound={})
    called = replace(node, function=given.node)
    return operation(replace(step, operation=called), called, value, inner, head=head)


def _reuse(step: tree.Step, node: tree.Name | tree.Call, value: Any, body: Frame, head: bool) -> Any:
    """Apply what a label names once more, with the same weights."""
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    if not arguments or not isinstance(name := arguments[0].value, tree.Name) or arguments[0].name is not None:
        message = f"`{REUSE}` takes the label of an operation, a scope or a block: {REUSE}(fc1)"
        body.problems.add(Misplaced(node.span, message))
        raise Unresolved
    wires = [_value_of(argument.value, body) for argument in arguments[1:]]
    found = body.level.find(name.id)
    if found is None:
        known = body.level.known()
        body.problems.add(UnknownLabel(name.span, name.id, meant(name.id, known), known))
        raise Unresolved
    if step.label is not None:
        message = f"`{step.label.id}` would be a second name for the weights of `{name.id}`"
        body.problems.add(Misplaced(step.label.span, message, f"leave out `{step.label.id}:`"))
    prefix, _, last = found.path.rpartition(".")
    level = Level(f"{prefix}." if prefix else "", body.level, shared=True)
    value = wires[0] if wires and head else value
    calls = (*body.calls, Call(REUSE, node.span))
    again = replace(body, home=found.home, scope=found.scope.copy(), level=level, current=value, calls=calls, bound={})
    again.scope.values |= {} if value is None else {"input": value}
    return apply(replace(found.step, label=tree.Label(node.span, last), span=node.span), value, again, head=False)


# ---- layers ----


def _layer(step: tree.Step, node: tree.Name | tree.Call, value: Any, body: Frame, head: bool) -> Any:
    path = _path(step, body)
    function = function_of(node)
    kind = find(Layer, function.id) or _unknown(function, body)
    wires, rest = _inputs(node, kind, body)
    layer, arguments = _entry(node, rest, body)
    # what begins a line takes the value above, unless all that it needs is written
    if kind.inputs.names and not (head and wires and len(wires) >= kind.inputs.least):
        wires.insert(0, incoming(value, node.span, kind.name(), body))
    outputs = body.trace.wiring.operation(layer, wires, body.placed(path, node.span, arguments))
    if not kind.inputs.names and step.label is not None:
        body.bind(tree.Name(step.label.span, step.label.id), outputs[0])
    return outputs[0] if len(outputs) == 1 else outputs


def _unknown(function: tree.Name, body: Frame) -> type[Layer]:
    """Report an operation that doesn't exist, or what a block was given in the place of one. Raises Bad."""
    place, scope = body.scope.source(function)
    name = place if isinstance(place, tree.Name) else function
    return body.trace.elaborator.find(name, Layer, (*known_operations(body), *scope.names()))


def _inputs(node: tree.Name | tree.Call, kind: type[Layer], body: Frame) -> tuple[list[Value], tree.Name | tree.Call]:
    """The values among the leading arguments, and the call without them."""
    count = count_inputs(node.arguments, kind) if isinstance(node, tree.Call) else 0
    if isinstance(node, tree.Name) or count == 0:
        return [], node
    wires = [_value_of(argument.value, body) for argument in node.arguments[:count]]
    return wires, replace(node, arguments=node.arguments[count:])


def _value_of(node: tree.Expression, body: Frame) -> Value:
    """The one value that an argument is."""
    value = body.side(node)
    if isinstance(value, Value):
        return value
    if isinstance(value, Symbol):
        report_undefined(value.id, node, body.scope, body.problems)
        raise Unresolved
    place, _ = body.scope.source(node)
    labels = taken(place, node)
    body.problems.add(WrongValue(place.span, "an input", "one value of the network", shown(value), labels=labels))
    raise Unresolved


def _entry(written: tree.Name | tree.Call, node: tree.Name | tree.Call, body: Frame) -> tuple[Layer, dict[str, Span]]:
    """The layer that a call stands for, and the places of its arguments; `node` is what is written, less its inputs."""
    known = body.trace.entries.get(id(written))
    if known is not None:
        return known[1:]
    elaborator = body.trace.elaborator
    outside, elaborator.scope = elaborator.scope, body.scope
    try:
        layer = elaborator.entry(node, Layer, "model")
        if not elaborator.trusted("model"):
            # with a bad argument left to its default, what comes out isn't what was meant
            raise Unresolved
    finally:
        elaborator.scope = outside
        elaborator.tainted = {path for path in elaborator.tainted if not path.startswith("model")}
    places = {name: f"model.{name}" for name in slots(type(layer))}
    arguments = {name: elaborator.spans.pop(at) for name, at in places.items() if at in elaborator.spans}
    if isinstance(node, tree.Name) or not any(body.scope.owner(name.partition(".")[0]) for name in names_in(node)):
        # without names in it, it is the same in every turn of a loop
        body.trace.entries[id(written)] = written, layer, arguments
    return layer, arguments


def are_values(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(item, Value) for item in values)
