"""Evaluation of expressions: numbers, flags, strings, names, quantities, lists, and values of the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

from netspec.catalogue.values import UNITS, Quantity
from netspec.checker.names.arithmetic import COMPARISONS, LOGIC, arithmetic, is_number
from netspec.checker.names.scope import Record, Scope, Symbol, Unresolved, Value, head_of
from netspec.checker.names.wording import report_undefined, shown, type_of
from netspec.diagnostics import Label, did_you_mean
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import UndefinedName
from netspec.problems.values import UnknownUnit, WrongOperands
from netspec.source import Span

ITEMS = 10_000
"""How many items a range may have where it is a list."""


def evaluate(node: tree.Expression, scope: Scope, problems: Problems) -> Any:
    """The value of an expression; a name that nothing has stays a Symbol. Raises Unresolved after reporting why."""
    match node:
        case tree.Number():
            return node.value
        case tree.Text() | tree.Constant():
            return node.value
        case tree.Quantity():
            return _quantity(node, problems)
        case tree.Name():
            return named(node, scope, problems)
        case tree.List():
            return tuple(evaluate(item, scope, problems) for item in node.items)
        case tree.Range():
            return tuple(extent(node, scope, problems))
        case tree.Group():
            return evaluate(node.inner, scope, problems)
        case tree.Call() | tree.Pipe():
            return _function(node, scope, problems)
        case tree.Unary():
            value = _unary(node, scope, problems)
        case tree.Binary():
            value = _binary(node, scope, problems)
        case tree.Conditional():
            # a param in the branch that isn't taken is used all the same
            for name in names_in(node):
                scope.mention(name)
            condition = operand(node.condition, bool, scope, problems)
            value = evaluate(node.then if condition else node.otherwise, scope, problems)
    scope.note(node.span, value)
    return value


def named(node: tree.Name, scope: Scope, problems: Problems) -> Any:
    """What a name stands for; with dots, a part of it: `input.channels`. A Symbol if nothing has that name."""
    head, _, rest = node.id.partition(".")
    if rest and scope.flow is not None and scope.owner(head) is None:
        given = scope.flow.labelled(node)
        if given is not None:
            scope.note(node.span, given)
            return given
    if not rest or not isinstance(scope.peek(head), Value | Record | Symbol):
        return computed(node, node.id, node.span, scope, problems)
    value = computed(node, head, head_of(node, head), scope, problems)
    if isinstance(value, Symbol):
        report_undefined(value.id, tree.Name(node.span, head), scope, problems)
        raise Unresolved
    for part in rest.split("."):
        value = part_of(node, value, part, problems)
    scope.note(node.span, value)
    return value


def computed(node: tree.Name, name: str, span: Span, scope: Scope, problems: Problems) -> Any:
    """The value of a name, which stands at `span` within the node. Raises Unresolved if its own value is wrong."""
    owner = scope.owner(name)
    if owner is None:
        return Symbol(name)
    owner.read(name)
    scope.index.refer(span, owner.place(name))
    if name in owner.waiting:
        compute(name, owner, problems)
    if name in owner.readers:
        problems.add(WrongOperands(node.span, f"the param `{name}` is computed from itself"))
    if name not in owner.values:
        raise Unresolved
    scope.note(span, owner.values[name])
    return owner.values[name]


def compute(name: str, scope: Scope, problems: Problems) -> None:
    """Compute a param that is waiting; if its value is bad, that is reported and it has none."""
    node = scope.waiting.pop(name)
    with suppress(Unresolved), scope.reading(name):
        value = evaluate(node, scope, problems)
        if isinstance(value, Symbol):
            report_undefined(value.id, node, scope, problems)
        else:
            scope.values[name] = value
            if (place := scope.place(name)) is not None:
                scope.note(place, value)


def extent(node: tree.Range, scope: Scope, problems: Problems) -> range:
    """The numbers of a range, both ends included."""
    low, high = ends_of(node, scope, problems)
    if high - low >= ITEMS:
        problems.add(WrongOperands(node.span, f"the range has more than {ITEMS:_} items"))
        raise Unresolved
    return range(low, high + 1)


def ends_of(node: tree.Range, scope: Scope, problems: Problems) -> tuple[int, int]:
    """The ends of a range. Raises Unresolved after reporting that one is no whole number."""
    ends: list[int] = []
    for side in (node.start, node.stop):
        value = operand(side, float, scope, problems)
        if not isinstance(value, int):
            problems.add(WrongOperands(side.span, f"a range is between whole numbers, and this is {shown(value)}"))
            raise Unresolved
        ends.append(value)
    return ends[0], ends[1]


def names_in(node: tree.Expression) -> Iterator[tree.Name]:
    """The names that an expression speaks of, those of operations aside."""
    match node:
        case tree.Name():
            yield node
        case tree.Group(inner=inner) | tree.Unary(operand=inner):
            yield from names_in(inner)
        case tree.Binary(left=left, right=right) | tree.Range(start=left, stop=right):
            yield from names_in(left)
            yield from names_in(right)
        case tree.Conditional():
            for part in (node.condition, node.then, node.otherwise):
                yield from names_in(part)
        case tree.List(items=items):
            for item in items:
                yield from names_in(item)
        case tree.Call(arguments=arguments):
            for argument in arguments:
                yield from names_in(argument.value)
        case tree.Pipe(steps=steps):
            for step in steps:
                if step.operation is not None and not isinstance(step.operation, tree.Repeat):
                    yield from names_in(step.operation)
        case _:
            pass


def operand(node: tree.Expression, kind: type, scope: Scope, problems: Problems) -> Any:
    """The value of an operand: a number for `float`, `true` or `false` for `bool`, anything for `object`."""
    value = evaluate(node, scope, problems)
    if isinstance(value, Symbol):
        report_undefined(value.id, node, scope, problems)
        raise Unresolved
    if kind is bool and not isinstance(value, bool):
        problems.add(WrongOperands(node.span, f"`true` or `false` is expected here, not {shown(value)}"))
        raise Unresolved
    if kind is float and not is_number(value):
        problems.add(WrongOperands(node.span, f"arithmetic is for numbers, and this is {shown(value)}"))
        raise Unresolved
    return value


def part_of(node: tree.Name, value: Any, part: str, problems: Problems) -> Any:
    """A size of a value of the network, or one of several values."""
    if isinstance(value, Record):
        if part in value.values:
            return value.values[part]
        known = tuple(value.values)
    elif isinstance(value, Value):
        if value.shape is None:
            raise Unresolved
        sizes = value.sizes()
        if part in sizes:
            return sizes[part]
        known = tuple(sizes)
    else:
        known = ()
    nearest = did_you_mean(part, known)
    problems.add(UndefinedName(node.span, node.id, nearest and node.id.removesuffix(part) + nearest, known))
    raise Unresolved


def _quantity(node: tree.Quantity, problems: Problems) -> Quantity:
    if node.unit not in UNITS:
        problems.add(UnknownUnit(node.unit_span, node.unit, did_you_mean(node.unit, UNITS)))
        raise Unresolved
    return Quantity(node.number.value, UNITS[node.unit])


def _function(node: tree.Call | tree.Pipe, scope: Scope, problems: Problems) -> Any:
    """`min` and `max` of numbers; within a network, what an operation gives."""
    if isinstance(node, tree.Call) and node.function.id in ("min", "max") and node.arguments:
        for argument in node.arguments:
            if argument.name is not None:
                problems.add(WrongOperands(argument.span, f"`{node.function.id}` takes numbers without names"))
        numbers = [operand(argument.value, float, scope, problems) for argument in node.arguments]
        return min(numbers) if node.function.id == "min" else max(numbers)
    if scope.flow is not None:
        return scope.flow.operation(node)
    problems.add(WrongOperands(node.span, "a value is expected here, not an operation"))
    raise Unresolved


def _unary(node: tree.Unary, scope: Scope, problems: Problems) -> Any:
    if node.operator == "not":
        return not operand(node.operand, bool, scope, problems)
    value: Any = _side(node.operand, scope, problems)
    if isinstance(value, Value) and scope.flow is not None:
        negated = tree.Binary(node.span, "*", node.operand, node.operand)
        return scope.flow.combine(negated, -1, value) if node.operator == "-" else value
    if not is_number(value):
        problems.add(WrongOperands(node.operand.span, f"arithmetic is for numbers, and this is {shown(value)}"))
        raise Unresolved
    number = cast("float", value)
    return -number if node.operator == "-" else number


def _binary(node: tree.Binary, scope: Scope, problems: Problems) -> Any:
    if node.operator in LOGIC:
        sides = [operand(side, bool, scope, problems) for side in (node.left, node.right)]
        return LOGIC[node.operator](sides)
    left, right = (_side(side, scope, problems) for side in (node.left, node.right))
    if scope.flow is not None and (isinstance(left, Value) or isinstance(right, Value)):
        return scope.flow.combine(node, left, right)
    if node.operator in ("==", "!="):
        # flags and texts can be compared too
        _check_comparison(node, left, right, scope, problems)
        return COMPARISONS[node.operator](left, right)
    for side, value in ((node.left, left), (node.right, right)):
        if not is_number(value):
            problems.add(WrongOperands(side.span, f"arithmetic is for numbers, and this is {shown(value)}"))
            raise Unresolved
    if node.operator in COMPARISONS:
        return COMPARISONS[node.operator](left, right)
    return arithmetic(node, left, right, problems)


def _check_comparison(node: tree.Binary, left: Any, right: Any, scope: Scope, problems: Problems) -> None:
    """Raises Unresolved after reporting that the sides are of different types, and so never equal."""
    kinds = type_of(left), type_of(right)
    # the sizes that a block is given may be a number or a list
    sizes = scope.flow is not None and {*kinds} == {type_of(0), type_of(())}
    if left is None or right is None or kinds[0] == kinds[1] or sizes:
        return
    labels = (Label(node.left.span, kinds[0]),)
    message = f"{kinds[0]} and {kinds[1]} are never equal"
    problems.add(WrongOperands(node.right.span, message, kinds[1], labels))
    raise Unresolved


def _side(node: tree.Expression, scope: Scope, problems: Problems) -> Any:
    """One side of an operator; within a network an operation by its bare name gives a value too."""
    if isinstance(node, tree.Name) and scope.flow is not None and scope.flow.is_operation(node):
        return scope.flow.operation(node)
    return operand(node, object, scope, problems)
